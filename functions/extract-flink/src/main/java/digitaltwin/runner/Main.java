package digitaltwin.runner;

import com.amazonaws.services.kinesisanalytics.runtime.KinesisAnalyticsRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.flink.configuration.Configuration;

/** The program of an application of Managed Service for Apache Flink. */
public final class Main {
  private static final String SQL = "/extractor.sql";

  public static void main(String[] args) throws IOException {
    Bindings bindings = new Bindings(KinesisAnalyticsRuntime.getApplicationProperties());
    new Extractor(bindings, sql(), new Configuration()).start();
  }

  private static String sql() throws IOException {
    try (InputStream in = Main.class.getResourceAsStream(SQL)) {
      if (in == null) {
        throw new IllegalStateException("the jar has no entry extractor.sql; the extractor's file belongs there");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Main() {}
}
