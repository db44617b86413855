package digitaltwin.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class IdentityTest {
  @Test
  void theExtractorIsTheHashOfItsBytes() {
    String sql = "SET 'twin.revision' = '7'; -- ü\n";
    assertEquals(new Identity("d", "3052e1fe6ffa", "7"), Identity.of("d", sql, Script.split(sql)));
    assertEquals("1", Identity.of("d", "", Script.split("")).revision());
  }
}
