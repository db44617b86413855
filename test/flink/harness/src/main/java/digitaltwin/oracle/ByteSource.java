package digitaltwin.oracle;

import java.util.Set;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.RuntimeContextInitializationContextAdapters;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.util.Collector;

/**
 * The connector {@code bytes}: the records of a {@link Run}, decoded by the table's format. Like the
 * Kinesis source it implements no push-down, so the decoder sees all declared columns.
 */
public final class ByteSource implements DynamicTableSourceFactory {
  static final ConfigOption<String> RUN = ConfigOptions.key("run").stringType().noDefaultValue();

  @Override
  public String factoryIdentifier() {
    return "bytes";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(RUN, FactoryUtil.FORMAT);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of();
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    var format = helper.discoverDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT);
    helper.validate();
    return new Source(format, context.getPhysicalRowDataType(), helper.getOptions().get(RUN));
  }

  private record Source(DecodingFormat<DeserializationSchema<RowData>> format, DataType type, String run)
      implements ScanTableSource {
    @Override
    public ChangelogMode getChangelogMode() {
      return format.getChangelogMode();
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
      DeserializationSchema<RowData> decoder = format.createRuntimeDecoder(context, type);
      return new DataStreamScanProvider() {
        @Override
        public DataStream<RowData> produceDataStream(ProviderContext unused, StreamExecutionEnvironment env) {
          return env.fromSource(new NumberSequenceSource(1, 1), WatermarkStrategy.noWatermarks(), "start")
              .transform("feed", context.createTypeInformation(type), new Feed(decoder, run));
        }

        @Override
        public boolean isBounded() {
          return false;
        }
      };
    }

    @Override
    public DynamicTableSource copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return "bytes";
    }
  }

  /** Decodes one record after the other, each only after all rows of the one before have arrived. */
  private static final class Feed extends AbstractStreamOperator<RowData>
      implements OneInputStreamOperator<Long, RowData> {
    private final DeserializationSchema<RowData> decoder;
    private final String key;

    Feed(DeserializationSchema<RowData> decoder, String key) {
      this.decoder = decoder;
      this.key = key;
    }

    @Override
    public void open() throws Exception {
      super.open();
      decoder.open(RuntimeContextInitializationContextAdapters.deserializationAdapter(getRuntimeContext()));
    }

    @Override
    public void processElement(StreamRecord<Long> start) throws Exception {
      Run run = Run.of(key);
      Watchdog watchdog = new Watchdog(Thread.currentThread());
      watchdog.start();
      try {
        for (int i = 0; i < run.records.size(); i++) {
          feed(run, i, watchdog);
          if (run.apart) {
            output.emitWatermark(new Watermark(i));
            run.await(i);
          }
        }
        run.patience.progress("the job to end");
      } finally {
        watchdog.interrupt();
      }
    }

    private void feed(Run run, int record, Watchdog watchdog) {
      run.begin(record);
      Downstream rows = new Downstream(run, record, watchdog);
      Throwable thrown = null;
      watchdog.begin(record, run.records.get(record).length);
      try {
        decoder.deserialize(run.records.get(record), rows);
      } catch (Exception | StackOverflowError | ThreadDeath x) {
        thrown = x;
      }
      if (wasStopped(watchdog)) {
        run.fault(record, "hang", new IllegalStateException("Flink never comes to an end with this record"));
      } else if (thrown != null && rows.thrown == null) { // else the decoder only wraps it
        run.fault(record, "decode", thrown);
      }
    }

    /**
     * Ends the watch, and reports whether it stopped the record. What still comes to stop it is caught: it would end
     * the JVM.
     */
    private static boolean wasStopped(Watchdog watchdog) {
      boolean stopped = false;
      while (true) {
        try {
          stopped |= watchdog.end();
          if (stopped) {
            Thread.sleep(5);
          }
          return stopped;
        } catch (InterruptedException | ThreadDeath x) { // stopping a thread interrupts it as well
          stopped = true;
        }
      }
    }

    /** Notes what the query throws and throws it on: a format that ignores errors swallows it, as in Flink. */
    private final class Downstream implements Collector<RowData> {
      private final Run run;
      private final int record;
      private final Watchdog watchdog;
      private RuntimeException thrown;

      Downstream(Run run, int record, Watchdog watchdog) {
        this.run = run;
        this.record = record;
        this.watchdog = watchdog;
      }

      @Override
      public void collect(RowData row) {
        if (watchdog.hasStopped()) {
          return;
        }
        long left = watchdog.leave();
        try {
          output.collect(new StreamRecord<>(row));
        } catch (RuntimeException x) {
          thrown = x;
          if (row != null) { // null is what the json decoder makes of an element that it cannot read
            run.fault(record, "query", x);
          }
          throw x;
        } finally {
          watchdog.enter(left);
        }
      }

      @Override
      public void close() {}
    }
  }
}
