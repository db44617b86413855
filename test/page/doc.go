// Package page has the tests of the explorer page in a browser: headless Chromium, driven by chromedp, in front of a
// twin in this process.
//
// TestPictures writes a picture of each state of the design into the folder of -args -pictures DIR. TestFrames takes
// -args -seconds N for longer measurements.
package page
