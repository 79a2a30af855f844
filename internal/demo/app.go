package demo

import (
	"errors"
	"math/rand/v2"
	"slices"
	"time"
)

// errApp says that fewer people than a plan promises can install the app.
var errApp = errors.New("demo: too few people use a machine since there is an app")

// planApp lets visitors install the app once there is one, by the quota of their
// channel and minutes after they first see the site, as the ads ask them to; and
// people who use a machine, when they join. Who of both registers, and verifies a
// phone number, is again dealt by quota. Its dice are its own: everything else
// happens as it would without the app.
func (c *Company) planApp() error {
	dice := rand.New(rand.NewPCG(c.params.Seed, 3))
	q := c.quotas
	left := slices.Clone(q.installedBy)
	launch := c.params.months()[c.params.AppMonths].from
	installers := make([]task, 0, q.installed)
	for _, i := range dice.Perm(len(c.visitors)) {
		if v := c.visitors[i]; v.day >= c.dayOf(launch) && left[v.channel] > 0 {
			left[v.channel]--
			installers = append(installers, task{at: v.first, who: int32(i)})
		}
	}
	users := q.usersInstalled
	for _, i := range dice.Perm(len(c.members)) {
		if m := c.members[i]; users > 0 && m.joined >= launch.UnixMicro() {
			users--
			installers = append(installers, task{at: m.joined, who: int32(i), extra: 1})
		}
	}
	if users > 0 {
		return errApp
	}
	dice.Shuffle(len(installers), func(i, j int) { installers[i], installers[j] = installers[j], installers[i] })
	minute := int64(time.Minute / time.Microsecond)
	for i, k := range installers {
		at := k.at
		for _, step := range []struct {
			kind  kind
			quota int
		}{{installed, q.installed}, {registered, q.registered}, {verified, q.verified}} {
			if i < step.quota {
				at += minute + dice.Int64N(9*minute)
				c.plan(step.kind, at, k.who, k.extra)
			}
		}
	}
	return nil
}

// tellApp tells of a visitor, whose phone is known by the id that the link to the
// store carried along and who says who they are when they register; or of a
// machine's user, whom the app knows already.
func (t *teller) tellApp(k task) {
	names := map[kind]string{installed: "App Installed", registered: "Signed Up", verified: "Phone Verified"}
	user := k.extra == 1
	if k.kind == registered && !user {
		t.identify(k, &t.visitors[k.who], id("visitor-", t.visitors[k.who].number), "app")
	}
	m := t.track(k, names[k.kind], "app", "")
	number := k.who + 1
	if user {
		m.UserID, m.GroupID = id("m-", number), id("a-", t.accounts[t.members[k.who].account].number)
	} else {
		v := &t.visitors[k.who]
		number, m.Channel = v.number, t.params.Channels[v.channel].Name
		if m.UserID = v.userID(k.at); k.kind == installed {
			m.UserID, m.AnonymousID = "", id("visitor-", v.number)
		}
	}
	switch k.kind {
	case installed:
		m.Properties = t.object().str("store", pick([]string{"App Store", "Google Play"}, number, 23)).end()
	case registered:
		m.Properties = t.object().str("gift", pick([]string{"冷泡茶包一盒", "手提杯套"}, number, 24)).end()
	}
}
