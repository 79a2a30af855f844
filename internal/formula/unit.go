package formula

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"beichen/internal/fault"
)

// Unit is a product of base units with whole exponents, such as CNY·order⁻¹.
// Base units are names that mean nothing here: CNY and 元 are two. The zero Unit
// is that of ratios and bare numbers.
type Unit struct {
	powers map[string]int // none is 0; never changed once made
}

// maxExponent bounds the exponents a unit is written with.
const maxExponent = 9

var (
	base      = regexp.MustCompile(`^(1|[\p{L}_][\p{L}\p{Nd}_]*)(\^([1-9]))?$`)
	separator = regexp.MustCompile(`\s*[*·/]\s*`)
)

// ParseUnit reads base units joined by * (or ·) and /, each with a whole exponent
// from 1 to 9 after ^ where it is not 1: CNY/order, customer, 1/s, m^2. Every /
// divides by the one unit after it. A ratio is 1 or nothing. The fault's Line is 1.
func ParseUnit(text string) (Unit, *fault.Detail) {
	rest, unit, sign := strings.TrimSpace(text), Unit{}, 1
	if rest == "" {
		return unit, nil
	}
	for {
		end, next := len(rest), len(rest)
		if span := separator.FindStringIndex(rest); span != nil {
			end, next = span[0], span[1]
		}
		part := base.FindStringSubmatch(rest[:end])
		if part == nil {
			problem := fault.At("", 1, "formula.bad-unit", "text", text, "limit", maxExponent)
			return Unit{}, &problem
		}
		if part[1] != "1" {
			exponent := 1
			if part[3] != "" {
				exponent = int(part[3][0] - '0')
			}
			unit = unit.with(Unit{map[string]int{part[1]: exponent}}, sign)
		}
		if end == len(rest) {
			return unit, nil
		}
		sign = 1
		if strings.Contains(rest[end:next], "/") {
			sign = -1
		}
		rest = rest[next:]
	}
}

// Multiply is the unit of a product.
func (u Unit) Multiply(by Unit) Unit { return u.with(by, 1) }

// Divide is the unit of a quotient.
func (u Unit) Divide(by Unit) Unit { return u.with(by, -1) }

func (u Unit) with(other Unit, sign int) Unit {
	powers := maps.Clone(u.powers)
	if powers == nil {
		powers = map[string]int{}
	}
	for name, exponent := range other.powers {
		if powers[name] += sign * exponent; powers[name] == 0 {
			delete(powers, name)
		}
	}
	return Unit{powers}
}

// Equal says whether two units have the same base units with the same exponents.
func (u Unit) Equal(other Unit) bool { return maps.Equal(u.powers, other.powers) }

// IsRatio says whether there is no base unit.
func (u Unit) IsRatio() bool { return len(u.powers) == 0 }

// String is the unit as ParseUnit reads it, base units sorted: what multiplies
// and then what divides; 1 for a ratio.
func (u Unit) String() string {
	var above, below strings.Builder
	for _, name := range slices.Sorted(maps.Keys(u.powers)) {
		exponent := u.powers[name]
		to, sign := &above, "*"
		if exponent < 0 {
			to, sign, exponent = &below, "/", -exponent
		}
		to.WriteString(sign + name)
		if exponent > 1 {
			to.WriteString("^" + strconv.Itoa(exponent))
		}
	}
	if above.Len() == 0 {
		return "1" + below.String()
	}
	return above.String()[1:] + below.String()
}
