package digitaltwin.bench;

import com.amazonaws.services.kinesisanalytics.runtime.KinesisAnalyticsRuntime;
import digitaltwin.runner.Bindings;
import digitaltwin.runner.Extractor;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.util.EnvironmentInformation;

/**
 * {@code Main PROPERTY_GROUPS.json EXTRACTOR.sql RECORDS}: each line of the file is a record. It prints its
 * configuration; then for each number of milliseconds on standard input the result of a turn.
 */
public final class Main {
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    MemoryKinesisFactory.load(Path.of(args[2]));
    Configuration c = new Configuration();
    c.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    c.set(RestOptions.BIND_PORT, "0");
    c.set(CoreOptions.DEFAULT_PARALLELISM, 1);
    c.set(PipelineOptions.OBJECT_REUSE, true);
    c.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
    Bindings bindings = new Bindings(KinesisAnalyticsRuntime.getApplicationProperties(args[0]));
    new Extractor(bindings, Files.readString(Path.of(args[1])), c).start();
    out.println("Flink " + EnvironmentInformation.getVersion() + ", Java " + System.getProperty("java.version") + ", "
        + c);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      out.println(Turn.run(Long.parseLong(line)));
    }
    Runtime.getRuntime().halt(0);
  }

  private Main() {}
}
