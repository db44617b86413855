package datetime

import "testing"

// Ensure that a pattern that the engines do not take is rewritten, and that nothing is proposed where no place is
// fixed.
func TestRewrite(t *testing.T) {
	for pattern, want := range map[string]string{
		"yyyy-MM-dd'T'HH:mm:ss.SSSXXX": "REGEXP_REPLACE(x, ' *(Z|GMT|UTC|[+-][0-9:]+)$', '') / yyyy-MM-dd'T'HH:mm:ss.SSS / " +
			"REGEXP_EXTRACT(x, '(Z|GMT|UTC|[+-][0-9:]+)$', 1)",
		"yyyy-MM-dd HH:mm[:ss][ Z]": "REGEXP_REPLACE(x, ' *(Z|GMT|UTC|[+-][0-9:]+)$', '') / yyyy-MM-dd HH:mm[:ss] / " +
			"REGEXP_EXTRACT(x, '(Z|GMT|UTC|[+-][0-9:]+)$', 1)",
		"dd.MM.yy HH:mm": "CONCAT(SUBSTRING(x, 1, 6), '20', SUBSTRING(x, 7)) / dd.MM.yyyy HH:mm / ",
		"yyMMddHHmm":     "CONCAT('20', x) / yyyyMMddHHmm / ",
		"dd MMM yyyy": "CONCAT(SUBSTRING(x, 1, 3), CAST((POSITION(SUBSTRING(x, 4, 3) IN " +
			"'JanFebMarAprMayJunJulAugSepOctNovDec') + 2) / 3 AS STRING), SUBSTRING(x, 7)) / dd M yyyy / ",
		"MM/dd/yyyy hh:mm a": "CONCAT(SUBSTRING(x, 1, 11), CAST(MOD(TRY_CAST(SUBSTRING(x, 12, 2) AS INT), 12) + CASE WHEN " +
			"UPPER(x) LIKE '%PM%' THEN 12 ELSE 0 END AS STRING), SUBSTRING(x, 14, 3)) / MM/dd/yyyy H:mm / ",
		"EEE, dd.MM.yyyy": "SUBSTRING(x, 6) / dd.MM.yyyy / ",
		"d.M.yy":          "none",
		"hh:mm":           "none",
		"a":               "none",
		"yyyy 'w' ww":     "none",
		"XXX yyyy":        "none",
		"yyyy":            "none",
		"":                "none",
	} {
		got := "none"
		if r, ok := Rewrite(pattern); ok {
			got = r.Text + " / " + r.Pattern + " / " + r.Zone
		}
		if got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", pattern, got, want)
		}
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add("EEE, dd MMM yyyy hh:mm:ss a z")
	f.Fuzz(func(t *testing.T, pattern string) {
		if r, ok := Rewrite(pattern); ok && r.Text == "" {
			t.Errorf("%q becomes nothing", pattern)
		}
	})
}
