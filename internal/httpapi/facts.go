package httpapi

import (
	"context"
	"net/http"

	"beichen/internal/access"
	"beichen/internal/customer"
	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// facts are the routes that say what was seen: names and properties of events,
// traits, and customers with their timelines.
func (s *Server) facts() {
	route(s, http.MethodGet, "/events/names", "Facts", "Event names seen, the most frequent first", access.Read,
		func(ctx context.Context, _ *struct{}) (*body[items[warehouse.NameSummary]], error) {
			return answerItems(s.Warehouse.Names(ctx))
		})

	route(s, http.MethodGet, "/events/properties", "Facts", "Properties of an event with common values, from its newest events", access.Read,
		func(ctx context.Context, in *struct {
			Event string `query:"event" doc:"The event's name; nothing for all events"`
		}) (*body[items[warehouse.PropertySummary]], error) {
			return answerItems(s.Warehouse.Properties(ctx, in.Event))
		})

	route(s, http.MethodGet, "/traits", "Facts", "Traits of people or accounts with common values", access.Read,
		func(ctx context.Context, in *OfQuery) (*body[items[warehouse.PropertySummary]], error) {
			root := event.Traits
			if in.Of == customer.Account {
				root = event.Account
			}
			return answerItems(s.Warehouse.TraitKeys(ctx, root))
		})

	route(s, http.MethodGet, "/customers", "Customers", "Find people or accounts by id or name", access.ReadPersonal,
		func(ctx context.Context, in *struct {
			OfQuery
			Search string `query:"search"`
			Limit  int    `query:"limit" minimum:"0" maximum:"200"`
		}) (*body[items[customer.Label]], error) {
			return answerItems(s.Customers.Search(ctx, in.Of, in.Search, in.Limit))
		})

	route(s, http.MethodGet, "/customers/{id}", "Customers", "A person's or an account's page with the newest of their timeline", access.ReadPersonal,
		func(ctx context.Context, in *struct {
			CustomerPath
			Limit int `query:"limit" minimum:"0" maximum:"1000" doc:"Events of the timeline; 0 is 100"`
		}) (*body[*customer.Customer], error) {
			return answer(s.Customers.Look(ctx, in.Of, in.ID, in.Anonymous, in.Limit))
		})

	route(s, http.MethodGet, "/customers/{id}/timeline", "Customers", "A part of a customer's timeline, newest first", access.ReadPersonal,
		func(ctx context.Context, in *struct {
			CustomerPath
			Before string   `query:"before" doc:"next of the part after it"`
			Limit  int      `query:"limit" minimum:"0" maximum:"1000"`
			Event  []string `query:"event,explode" doc:"Only events of these names"`
		}) (*body[customer.Page], error) {
			return answer(s.Customers.Timeline(ctx, in.Of, in.ID, in.Anonymous,
				customer.TimelineRequest{Before: in.Before, Limit: in.Limit, Names: in.Event}))
		})
}

// OfQuery says whether people or accounts are meant.
type OfQuery struct {
	Of customer.Of `query:"of" enum:"person,account" default:"person"`
}

// CustomerPath names a customer in a route.
type CustomerPath struct {
	ID string `path:"id"`
	OfQuery
	Anonymous bool `query:"anonymous" doc:"The id is a visitor's, even if a user has the same"`
}
