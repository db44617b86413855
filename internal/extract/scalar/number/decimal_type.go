package number

// DecimalType is DECIMAL(Precision, Scale). In arithmetic an INT counts as DECIMAL(10, 0), a BIGINT as
// DECIMAL(19, 0).
type DecimalType struct{ Precision, Scale int }

// maxPrecision is Flink's.
const maxPrecision = 38

// Sum is the type of t + u and t - u.
func (t DecimalType) Sum(u DecimalType) DecimalType {
	scale := max(t.Scale, u.Scale)
	return DecimalType{max(t.Precision-t.Scale, u.Precision-u.Scale) + scale + 1, scale}.limited()
}

// Product is the type of t * u.
func (t DecimalType) Product(u DecimalType) DecimalType {
	return DecimalType{t.Precision + u.Precision + 1, t.Scale + u.Scale}.limited()
}

// Common is the type that holds the values of both: of CASE, COALESCE, GREATEST and UNION ALL.
func (t DecimalType) Common(u DecimalType) DecimalType {
	scale := max(t.Scale, u.Scale)
	return DecimalType{max(t.Precision-t.Scale, u.Precision-u.Scale) + scale, scale}.limited()
}

// limited cuts a type to what Flink has: digits before the point come first, but six behind it stay.
func (t DecimalType) limited() DecimalType {
	if t.Precision <= maxPrecision {
		return t
	}
	return DecimalType{maxPrecision, max(maxPrecision-(t.Precision-t.Scale), min(t.Scale, 6))}
}

// Rounded is the type of ROUND and TRUNCATE to so many digits.
func (t DecimalType) Rounded(digits int) DecimalType {
	switch {
	case digits >= t.Scale:
		return t
	case digits < 0:
		return DecimalType{min(maxPrecision, 1+t.Precision-t.Scale), 0}
	}
	return DecimalType{1 + t.Precision - t.Scale + digits, digits}
}

// Whole is the type of FLOOR and CEIL.
func (t DecimalType) Whole() DecimalType { return DecimalType{t.Precision, 0} }

// Fit brings d into a type: half up to its scale; false, which is NULL, if it has more digits than
// the precision.
func (d Decimal) Fit(t DecimalType) (Decimal, bool) {
	if d.Sign() == 0 {
		return Decimal{scale: t.Scale}, true
	}
	// Far too large, or far too small to matter, before numbers of as many digits are built.
	if d.digits()-d.scale > t.Precision-t.Scale {
		return Decimal{}, false
	}
	if d.scale-d.digits() > t.Scale {
		return Decimal{scale: t.Scale}, true
	}
	d = d.at(t.Scale, halfUp)
	return d, d.digits() <= t.Precision
}

// digits returns how many digits the unscaled number has.
func (d Decimal) digits() int {
	var buf [48]byte
	if d.large != nil {
		return len(d.large.Append(buf[:0], 10)) - (1-d.Sign())/2
	}
	n := 1
	for m := magnitude(d.small); m >= 10; m /= 10 {
		n++
	}
	return n
}

// Signum is SIGN(d) in its type, such as -1.00; false where the type has no digit before the point
// and is too long for Flink's short form, which does not look.
func (d Decimal) Signum(t DecimalType) (Decimal, bool) {
	one := FromInt(int64(d.Sign())).rescale(t.Scale)
	return one, t.Precision <= smallDigits || one.Sign() == 0 || t.Precision > t.Scale
}
