package digitaltwin.runner;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What is the same in all changes of an extractor.
 *
 * @param extractor the first 12 hex digits of the SHA-256 of the file
 * @param revision SET 'twin.revision', 1 without it
 */
record Identity(String dataset, String extractor, String revision) {
  private static final int DIGITS = 12;

  static Identity of(String dataset, String sql, List<Statement> statements) {
    String revision = "1";
    for (Statement s : statements) {
      if (s.kind() == Statement.Kind.SET && s.key().equals("twin.revision")) {
        revision = s.value();
      }
    }
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(sql.getBytes(StandardCharsets.UTF_8));
      return new Identity(dataset, HexFormat.of().formatHex(sum).substring(0, DIGITS), revision);
    } catch (NoSuchAlgorithmException x) {
      throw new IllegalStateException(x);
    }
  }
}
