package jvm

import "os/exec"

// Program is a Java program that runs Flink.
type Program struct {
	ClassPath string // as [Project.Build] returns it
	Main      string // the class with main
	// Temp is the folder for its temporary files, about 70 MB of Flink's planner among them. Whoever starts the program
	// makes it, and removes it when the process has ended: a JVM that is halted or killed removes nothing.
	Temp    string
	Options []string // of the JVM
	Args    []string // of the program
}

// Command returns the command that runs the program, with what Flink needs to be opened of the JDK. Its time zone is
// UTC.
func (p Program) Command() *exec.Cmd {
	// A JVM writes its performance data into the system's temporary folder, whatever its own is.
	args := []string{"-Djava.io.tmpdir=" + p.Temp, "-XX:-UsePerfData"}
	for _, name := range []string{"lang", "util", "net", "time", "util.concurrent"} {
		args = append(args, "--add-opens", "java.base/java."+name+"=ALL-UNNAMED")
	}
	args = append(args, "-Dfile.encoding=UTF-8", "-Duser.timezone=UTC")
	args = append(args, p.Options...)
	args = append(args, "-cp", p.ClassPath, p.Main)
	return exec.Command("java", append(args, p.Args...)...)
}
