package digitaltwin.local;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The folder of this process's temporary files, about 70 MB. Whoever started the process removes it; this is for the
 * case that the other was killed.
 */
final class Temporary {
  private static final String FOLDER = "digitaltwin.temporary";

  /** Removes the folder, as far as nothing holds its files. */
  static void remove() {
    String folder = System.getProperty(FOLDER);
    if (folder == null) {
      return;
    }
    try {
      Files.walkFileTree(Path.of(folder), new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes unused) {
          return delete(file);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException gone) {
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException unused) {
          return delete(directory);
        }
      });
    } catch (IOException x) {
      // what stays lies below the system's temporary folder
    }
  }

  private static FileVisitResult delete(Path path) {
    path.toFile().delete();
    return FileVisitResult.CONTINUE;
  }

  private Temporary() {}
}
