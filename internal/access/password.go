package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"beichen/internal/fault"
)

// Argon2id is the cost of one password hash.
type Argon2id struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// OWASP is the second of the five equal settings of the OWASP Password Storage
// Cheat Sheet (19 MiB, two passes, one lane): least memory at the same strength.
// Salt and hash have the 16 and 32 bytes of RFC 9106 §4.
func OWASP() Argon2id { return Argon2id{MemoryKiB: 19 * 1024, Passes: 2, Lanes: 1} }

const (
	saltBytes = 16
	hashBytes = 32

	// A password may be as short as NIST SP 800-63B §3.1.1.2 allows one to be
	// that may be combined with others; the upper bound only keeps requests small.
	minPassword = 8
	maxPassword = 512
)

// hasher derives argon2id hashes, two at a time: a rush of sign-ins waits rather
// than taking all memory.
type hasher struct {
	cost   Argon2id
	turns  chan struct{}
	nobody string // the hash that an unknown member's password is held against
	// derive is argon2.IDKey; tests count the calls.
	derive func(password, salt []byte, time, memory uint32, threads uint8, keyLen uint32) []byte
}

func newHasher(cost Argon2id) *hasher {
	h := &hasher{cost: cost, turns: make(chan struct{}, 2), derive: argon2.IDKey}
	h.nobody = encodePHC(cost, make([]byte, saltBytes), make([]byte, hashBytes))
	return h
}

// hash gives a password's PHC string: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	sum, err := h.run(ctx, password, salt, h.cost)
	if err != nil {
		return "", err
	}
	return encodePHC(h.cost, salt, sum), nil
}

// verify reports whether the password is the one of the PHC string. With an
// empty one it takes as long and says no.
func (h *hasher) verify(ctx context.Context, password, phc string) (bool, error) {
	unknown := phc == ""
	if unknown {
		phc = h.nobody
	}
	cost, salt, want, err := decodePHC(phc)
	if err != nil {
		return false, err
	}
	got, err := h.run(ctx, password, salt, cost)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && !unknown, nil
}

func (h *hasher) run(ctx context.Context, password string, salt []byte, cost Argon2id) ([]byte, error) {
	select {
	case h.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.turns }()
	return h.derive([]byte(normal(password)), salt, cost.Passes, cost.MemoryKiB, cost.Lanes, hashBytes), nil
}

// normal makes one password of the ways to type the same characters
// (NIST SP 800-63B §3.1.1.2 asks for NFKC or NFKD).
func normal(password string) string { return norm.NFKC.String(password) }

func encodePHC(cost Argon2id, salt, sum []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost.MemoryKiB, cost.Passes, cost.Lanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum))
}

func decodePHC(text string) (cost Argon2id, salt, sum []byte, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost, nil, nil, errors.New("a stored password is not an argon2id hash")
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Passes, &cost.Lanes); err != nil {
		return cost, nil, nil, fmt.Errorf("a stored password's cost: %w", err)
	}
	if cost.Passes == 0 || cost.Lanes == 0 {
		return cost, nil, nil, errors.New("a stored password's cost is zero")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return cost, nil, nil, fmt.Errorf("a stored password's salt: %w", err)
	}
	if sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(sum) != hashBytes {
		return cost, nil, nil, errors.Join(errors.New("a stored password's hash is damaged"), err)
	}
	return cost, salt, sum, nil
}

// checkPassword finds what keeps a text from being a member's password.
func checkPassword(path, password, email string) []fault.Detail {
	switch {
	case utf8.RuneCountInString(normal(password)) < minPassword:
		return []fault.Detail{fault.At(path, 0, "access.password-short", "least", minPassword)}
	case len(password) > maxPassword:
		return []fault.Detail{fault.At(path, 0, "access.password-long", "most", maxPassword)}
	case strings.EqualFold(strings.TrimSpace(password), email):
		return []fault.Detail{fault.At(path, 0, "access.password-is-email")}
	}
	return nil
}
