package digitaltwin.runner.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HashedPartitionTest {
  /** The numbers are those of the Go function stream.PartitionKey, which a test of its own holds to them as well. */
  @Test
  void theHashIsThatOfTheGoEngine() {
    String[] components = {"", "wagon:31-85-7961-204-1", "vehicle:90:945", "straße:ä😀"};
    int[] keys = {17, 34, 1, 26};
    for (int i = 0; i < components.length; i++) {
      assertEquals(keys[i], HashedPartition.key(components[i].getBytes(StandardCharsets.UTF_8)), components[i]);
    }
  }
}
