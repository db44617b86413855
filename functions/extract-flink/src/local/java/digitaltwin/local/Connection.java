package digitaltwin.local;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One stream, being read or written, in the process that has the streams. A connection begins with a
 * line of what it is for; then come numbers of four bytes and texts of as many bytes:
 *
 * <pre>
 *   TOKEN read STREAM POSITION     from the other side: records, each with its length; END for the end of the stream
 *   TOKEN write STREAM             from here: partition key and record, each with its length; END asks
 *                                  for a byte back once everything before it has been taken
 * </pre>
 *
 * <p>Port and token are those of the job that runs ({@link #use}): the properties are those of the cloud.
 */
final class Connection implements Closeable {
  static final int END = -1;

  private static final int BUFFER = 1 << 16;
  private static volatile int port;
  private static volatile String token;

  final DataInputStream in;
  final DataOutputStream out;
  private final Socket socket;

  private Connection(Socket socket) throws IOException {
    this.socket = socket;
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER));
  }

  /** Says where the streams of the next job are, and what proves that they are asked for by it. */
  static void use(int portOfStreams, String tokenOfStreams) {
    port = portOfStreams;
    token = tokenOfStreams;
  }

  static Connection read(String stream, long position) throws IOException {
    return open("read " + stream + " " + position);
  }

  static Connection write(String stream) throws IOException {
    return open("write " + stream);
  }

  private static Connection open(String what) throws IOException {
    Connection c = new Connection(new Socket(InetAddress.getLoopbackAddress(), port));
    c.out.write((token + " " + what + "\n").getBytes(StandardCharsets.UTF_8));
    c.out.flush();
    return c;
  }

  /** Returns the next length or number, {@link #END} where the other side closes as well. */
  byte[] next() throws IOException {
    int n = in.readInt();
    return n == END ? null : in.readNBytes(n);
  }

  void send(byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** Waits until the other side has taken everything that was sent. */
  void sync() throws IOException {
    out.writeInt(END);
    out.flush();
    in.readByte();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
