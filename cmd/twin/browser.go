package main

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
)

// openBrowser shows an address to whoever sits at this machine. It is a variable for tests.
var openBrowser = func(address string) error {
	var command *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		command = exec.Command("open", address)
	case "windows":
		command = exec.Command("rundll32", "url.dll,FileProtocolHandler", address)
	default:
		if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" && os.Getenv("BROWSER") == "" {
			return errors.New("this machine has no display")
		}
		command = exec.Command("xdg-open", address)
	}
	if err := command.Start(); err != nil {
		return err
	}
	go command.Wait() // it may stay with the browser
	return nil
}
