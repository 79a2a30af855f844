package customer

import "testing"

func TestANameIsMadeOfWhatIsKnown(t *testing.T) {
	for _, c := range []struct {
		traits map[string]string
		want   string // "": nobody knows
	}{
		{map[string]string{"name": "林怡君", "email": "lin@tea.example"}, "林怡君"},
		{map[string]string{"firstName": "Maya", "lastName": "Patel", "company": "Moon"}, "Maya Patel"},
		{map[string]string{"first_name": "Maya"}, "Maya"},
		{map[string]string{"firstName": "怡君", "lastName": "林"}, "林怡君"},
		{map[string]string{"company": "Moon", "email": "m@moon.example"}, "Moon"},
		{map[string]string{"email": "m@moon.example"}, "m@moon.example"},
		{map[string]string{"plan": "pro"}, ""},
	} {
		got := nameOf(func(key string) string { return c.traits[key] })
		switch {
		case got == nil && c.want != "":
			t.Errorf("%v: nobody knows, want %s", c.traits, c.want)
		case got != nil && *got != c.want:
			t.Errorf("%v: %s, want %q", c.traits, *got, c.want)
		}
	}
}
