package digitaltwin.local;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;

/** Tells the process that started this one what happens: a JSON object a line on standard output. */
final class Events {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true,
      StandardCharsets.UTF_8);
  private Map<String, Long> counted = Map.of();

  Events() {
    System.setOut(System.err); // nothing else may write between the events
  }

  synchronized void failed(String message) {
    out.println(JSON.createObjectNode().put("event", "failed").put("message", message));
  }

  synchronized void finished() {
    out.println(JSON.createObjectNode().put("event", "finished"));
  }

  synchronized void savepoint(String path) {
    out.println(JSON.createObjectNode().put("event", "savepoint").put("path", path));
  }

  /** Forgets what was counted for the job before. */
  synchronized void restart() {
    Counted.restart();
    counted = Map.of();
  }

  /** Says what was counted since the start, if that has changed. */
  synchronized void counted() {
    Map<String, Long> now = Counted.now();
    if (now.equals(counted)) {
      return;
    }
    counted = now;
    ObjectNode event = JSON.createObjectNode().put("event", "counted");
    out.println(event.set("counts", JSON.valueToTree(now)).toString());
  }
}
