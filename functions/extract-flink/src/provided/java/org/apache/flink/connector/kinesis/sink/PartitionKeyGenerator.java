package org.apache.flink.connector.kinesis.sink;

import java.io.Serializable;
import java.util.function.Function;

/**
 * What the Kinesis connector asks for a partition key. This stands in for the connector's own interface
 * of the same name, so that the runner compiles without the connector; it is not part of the jar.
 */
public interface PartitionKeyGenerator<T> extends Function<T, String>, Serializable {}
