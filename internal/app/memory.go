package app

import "github.com/KimMachineGun/automemlimit/memlimit"

// indexMemory is how many bytes the index may take: as many as are asked for, or else a
// third of what the container or the machine has. The rest is for answers, for building
// the index and for the embedded store.
func indexMemory(asked int64) (int64, error) {
	if asked > 0 {
		return asked, nil
	}
	all, err := memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem)()
	return int64(all / 3), err
}
