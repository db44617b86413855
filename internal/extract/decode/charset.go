package decode

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// charset appends text as UTF-8.
type charset func(out, text []byte) []byte

// charsetOf finds a charset by a name that Java's Charset.forName takes, in any case; nil is UTF-8. There are UTF-16
// and charsets of one byte a character; those of East Asia are left out for the size of their tables, and EBCDIC.
func charsetOf(name string) (charset, error) {
	lower := strings.ToLower(name)
	if len(lower) != len(name) { // a letter beyond ASCII, such as the sign for Kelvin
		lower = ""
	}
	for _, c := range charsets {
		for n := range strings.FieldsSeq(c.names) {
			switch {
			case n != lower:
			case c.single != nil:
				return singleByte(c.single), nil
			default:
				return c.multi, nil
			}
		}
	}
	return nil, fmt.Errorf("raw.charset: charset %q is not known here; there are UTF-8, UTF-16, US-ASCII, ISO-8859-x, "+
		"windows-125x, KOI8-R and IBM code pages, such as IBM850", name)
}

// charsets are the charsets with the names that Java 17 has for each, in lower case, its own first.
var charsets = [...]struct {
	names  string
	multi  charset         // nil for UTF-8
	single func(byte) rune // of a charset of one byte a character
}{
	{names: "utf-8 utf8 unicode-1-1-utf-8"},
	{names: "utf-16 utf_16 unicodebig unicode utf16", multi: utf16Text},
	{names: "utf-16be iso-10646-ucs-2 utf_16be unicodebigunmarked x-utf-16be", multi: utf16BE},
	{names: "utf-16le utf_16le unicodelittleunmarked x-utf-16le", multi: utf16LE},
	{names: "us-ascii 646 ansi_x3.4-1968 ansi_x3.4-1986 ascii ibm367 iso646-us iso_646.irv:1991 " +
		"ascii7 cp367 csascii default iso-ir-6 iso_646.irv:1983 us", single: asciiRune},
	{names: "iso-8859-1 819 8859_1 ibm-819 ibm819 iso8859-1 iso8859_1 iso_8859-1 iso_8859-1:1987 " +
		"iso_8859_1 cp819 csisolatin1 iso-ir-100 l1 latin1", single: iso(charmap.ISO8859_1)},
	{names: "iso-8859-2 8859_2 912 iso8859-2 iso_8859-2 iso_8859-2:1987 cp912 csisolatin2 ibm-912 " +
		"ibm912 iso-ir-101 iso8859_2 l2 latin2", single: iso(charmap.ISO8859_2)},
	{names: "iso-8859-3 8859_3 913 iso8859-3 iso_8859-3 iso_8859-3:1988 cp913 csisolatin3 ibm-913 " +
		"ibm913 iso-ir-109 iso8859_3 l3 latin3", single: iso(charmap.ISO8859_3)},
	{names: "iso-8859-4 8859_4 914 iso_8859-4 iso_8859-4:1988 cp914 csisolatin4 ibm-914 ibm914 " +
		"iso-ir-110 iso8859-4 iso8859_4 l4 latin4", single: iso(charmap.ISO8859_4)},
	{names: "iso-8859-5 8859_5 915 iso8859-5 iso_8859-5 iso_8859-5:1988 cp915 csisolatincyrillic " +
		"cyrillic ibm-915 ibm915 iso-ir-144 iso8859_5", single: iso(charmap.ISO8859_5)},
	{names: "iso-8859-6 1089 8859_6 asmo-708 ecma-114 iso8859-6 iso_8859-6 iso_8859-6:1987 arabic " +
		"cp1089 csisolatinarabic ibm-1089 ibm1089 iso-ir-127 iso8859_6", single: iso(charmap.ISO8859_6)},
	{names: "iso-8859-7 813 8859_7 ecma-118 elot_928 iso_8859-7 iso_8859-7:1987 cp813 csisolatingreek " +
		"greek greek8 ibm-813 ibm813 iso-ir-126 iso8859-7 iso8859_7 sun_eu_greek", single: iso(charmap.ISO8859_7)},
	{names: "iso-8859-8 8859_8 916 iso8859-8 iso_8859-8 iso_8859-8:1988 cp916 csisolatinhebrew hebrew " +
		"ibm-916 ibm916 iso-ir-138 iso8859_8", single: iso(charmap.ISO8859_8)},
	{names: "iso-8859-9 8859_9 920 iso8859-9 iso_8859-9 iso_8859-9:1989 cp920 csisolatin5 ibm-920 " +
		"ibm920 iso-ir-148 iso8859_9 l5 latin5", single: iso(charmap.ISO8859_9)},
	{names: "iso-8859-13 8859_13 iso8859-13 iso8859_13 iso_8859-13", single: iso(charmap.ISO8859_13)},
	{names: "iso-8859-15 8859_15 923 ibm-923 ibm923 iso8859-15 iso8859_15 iso8859_15_fdis iso_8859-15 " +
		"l9 latin0 latin9 latin-9 cp923 csiso885915 csisolatin0 csisolatin9", single: iso(charmap.ISO8859_15)},
	{names: "iso-8859-16 iso8859_16 iso_8859-16 iso_8859-16:2001 csiso885916 iso-ir-226 l10 latin10",
		single: iso(charmap.ISO8859_16)},
	{names: "windows-1250 cp1250 cp5346", single: charmap.Windows1250.DecodeByte},
	{names: "windows-1251 ansi-1251 cp1251 cp5347", single: charmap.Windows1251.DecodeByte},
	{names: "windows-1252 cp1252 cp5348 ibm-1252 ibm1252", single: charmap.Windows1252.DecodeByte},
	{names: "windows-1253 cp1253 cp5349", single: charmap.Windows1253.DecodeByte},
	{names: "windows-1254 cp1254 cp5350", single: charmap.Windows1254.DecodeByte},
	{names: "windows-1255 cp1255", single: windows1255},
	{names: "windows-1256 cp1256", single: charmap.Windows1256.DecodeByte},
	{names: "windows-1257 cp1257 cp5353", single: charmap.Windows1257.DecodeByte},
	{names: "windows-1258 cp1258", single: charmap.Windows1258.DecodeByte},
	{names: "koi8-r cskoi8r koi8 koi8_r", single: charmap.KOI8R.DecodeByte},
	{names: "ibm437 437 cp437 cspc8codepage437 ibm-437 windows-437", single: charmap.CodePage437.DecodeByte},
	{names: "ibm850 850 cp850 cspc850multilingual ibm-850", single: charmap.CodePage850.DecodeByte},
	{names: "ibm852 852 cp852 cspcp852 ibm-852", single: charmap.CodePage852.DecodeByte},
	{names: "ibm855 855 cp855 cspcp855 ibm-855", single: charmap.CodePage855.DecodeByte},
	{names: "ibm00858 858 pc-multilingual-850+euro ccsid00858 cp00858 cp858 ibm-858 ibm858",
		single: charmap.CodePage858.DecodeByte},
	{names: "ibm860 860 cp860 csibm860 ibm-860", single: charmap.CodePage860.DecodeByte},
	{names: "ibm862 862 cp862 csibm862 cspc862latinhebrew ibm-862", single: charmap.CodePage862.DecodeByte},
	{names: "ibm863 863 cp863 csibm863 ibm-863", single: charmap.CodePage863.DecodeByte},
	{names: "ibm865 865 cp865 csibm865 ibm-865", single: charmap.CodePage865.DecodeByte},
	{names: "ibm866 866 cp866 csibm866 ibm-866", single: charmap.CodePage866.DecodeByte},
}

// iso is a standard of ISO, which has a second set of control characters that charmap leaves out.
func iso(m *charmap.Charmap) func(byte) rune {
	return func(b byte) rune {
		if b >= 0x80 && b <= 0x9F {
			return rune(b)
		}
		return m.DecodeByte(b)
	}
}

// windows1255 leaves a place free that charmap fills.
func windows1255(b byte) rune {
	if b == 0xCA {
		return utf8.RuneError
	}
	return charmap.Windows1255.DecodeByte(b)
}

func asciiRune(b byte) rune {
	if b < utf8.RuneSelf {
		return rune(b)
	}
	return utf8.RuneError
}

// singleByte makes a charset of what each byte is.
func singleByte(decode func(byte) rune) charset {
	var table [256]rune
	for i := range table {
		table[i] = decode(byte(i))
	}
	return func(out, text []byte) []byte {
		for _, b := range text {
			out = utf8.AppendRune(out, table[b])
		}
		return out
	}
}
