/**
 * Runs one extractor, a file of Flink SQL, as one job on Apache Flink.
 *
 * <p>{@link digitaltwin.runner.Main} is the program of an application of Managed Service for Apache
 * Flink. It takes the SQL from the entry {@code extractor.sql} of its own jar and everything of the
 * environment from the application's property groups:
 *
 * <ul>
 *   <li>{@code twin}: {@code dataset}, the name of the dataset
 *   <li>{@code table.<name>}: what binds a source table to its stream: stream.arn, aws.region, ..
 *   <li>{@code table.digitaltwin}: what binds the sink: stream.arn, aws.region, ..
 * </ul>
 *
 * <p>{@link digitaltwin.runner.Script} cuts the file into statements, {@link
 * digitaltwin.runner.Bindings} binds tables by name with ALTER TABLE, to the connector {@code twin} of the
 * packages source and sink, and {@link
 * digitaltwin.runner.Extractor} puts the job together. What is wrong with the SQL is a {@link
 * digitaltwin.runner.Mistake} with its file, line and column.
 */
package digitaltwin.runner;
