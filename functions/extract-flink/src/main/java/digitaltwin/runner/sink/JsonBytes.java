package digitaltwin.runner.sink;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/** JSON as bytes of UTF-8, in memory that is used again. */
final class JsonBytes {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[512];
  private int length;

  void clear() {
    length = 0;
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes, length);
  }

  JsonBytes raw(byte[] b) {
    room(b.length);
    System.arraycopy(b, 0, bytes, length, b.length);
    length += b.length;
    return this;
  }

  JsonBytes nothing() {
    return raw(NULL);
  }

  /** Appends a text of UTF-8 in quotes, with what JSON does not allow in a string escaped. */
  JsonBytes string(byte[] text) {
    room(2 + 6 * text.length);
    bytes[length++] = '"';
    for (byte b : text) {
      if (b == '"' || b == '\\') {
        bytes[length++] = '\\';
        bytes[length++] = b;
      } else if (b >= 0 && b < ' ') {
        escape(b);
      } else {
        bytes[length++] = b;
      }
    }
    bytes[length++] = '"';
    return this;
  }

  private void escape(byte b) {
    bytes[length++] = '\\';
    if (b == '\n') {
      bytes[length++] = 'n';
      return;
    }
    bytes[length++] = 'u';
    bytes[length++] = '0';
    bytes[length++] = '0';
    bytes[length++] = HEX[b >> 4];
    bytes[length++] = HEX[b & 15];
  }

  /** Appends a time in the years 0 to 9999 as RFC 3339 in UTC with three digits of the second, in quotes. */
  JsonBytes instant(long millis) {
    LocalDateTime t = LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
    room(26);
    bytes[length++] = '"';
    digits(t.getYear(), 1000);
    bytes[length++] = '-';
    digits(t.getMonthValue(), 10);
    bytes[length++] = '-';
    digits(t.getDayOfMonth(), 10);
    bytes[length++] = 'T';
    digits(t.getHour(), 10);
    bytes[length++] = ':';
    digits(t.getMinute(), 10);
    bytes[length++] = ':';
    digits(t.getSecond(), 10);
    bytes[length++] = '.';
    digits(t.getNano() / 1_000_000, 100);
    bytes[length++] = 'Z';
    bytes[length++] = '"';
    return this;
  }

  private void digits(int n, int unit) {
    for (int u = unit; u > 0; u /= 10) {
      bytes[length++] = (byte) ('0' + n / u % 10);
    }
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
