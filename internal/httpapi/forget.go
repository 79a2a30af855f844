package httpapi

import (
	"context"
	"net/http"

	"beichen/internal/access"
	"beichen/internal/customer"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// forgettings are the routes that forget a person for good, and that tell who was.
func (s *Server) forgettings() {
	type forget struct {
		Reason string `json:"reason" doc:"Kept in the register and in the audit; it should name nobody"`
		Erase  bool   `json:"erase,omitempty" doc:"Wait until nothing of them is in a file either"`
	}
	route(s, http.MethodPost, "/customers/{id}/forget", "Customers",
		"Forget a person for good: everything they did and were, and their ids. It cannot be taken back", access.Administer,
		func(ctx context.Context, in *struct {
			CustomerPath
			Body forget
		}) (*body[warehouse.Forgotten], error) {
			if in.Of == customer.Account {
				return nil, fault.New(fault.Invalid, "api.forget-account")
			}
			gone, err := s.Forget(ctx, in.ID, in.Anonymous, in.Body.Reason)
			if err == nil && in.Body.Erase {
				err = s.Intake.Erased(ctx)
			}
			return answer(gone, err)
		})
	route(s, http.MethodGet, "/forgotten", "Customers", "The register of who was forgotten, for who restores an older backup", access.Administer,
		func(ctx context.Context, _ *struct{}) (*body[access.Register], error) {
			return answer(s.Access.Register(ctx))
		})
}
