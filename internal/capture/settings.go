package capture

import (
	"net/http"
	"strings"
)

// clientSettings adds what client libraries ask before they send. The answers
// name no destinations: everything goes here and nowhere else.
func (h *handler) clientSettings(mux *http.ServeMux) {
	mux.Handle("/cluster-info", h.cors(http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]int{"nodeCount": 1})
	}))
	mux.Handle("/health", h.cors(http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"server": "UP", "acceptingEvents": !h.Intake.State().LogFull})
	}))
	mux.Handle("/version", h.cors(http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"Name": "Beichen"})
	}))
	mux.Handle("/sourceConfig", h.cors(http.MethodGet, h.rudderStackSettings))
	mux.Handle("/sourceConfig/", h.cors(http.MethodGet, h.rudderStackSettings))
	mux.Handle("/v1/projects/{key}/settings", h.cors(http.MethodGet, h.segmentSettings))
}

// rudderStackSettings answers @rudderstack/analytics-js: the source is on and
// has no destinations; statistics about the library itself stay home.
func (h *handler) rudderStackSettings(w http.ResponseWriter, r *http.Request) {
	source, err := h.authorize(r.Context(), keysOf(r), ScopeCapture)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	off := map[string]bool{"enabled": false}
	answer(w, http.StatusOK, map[string]any{
		"source": map[string]any{
			"id": source, "name": source, "writeKey": keysOf(r)[0], "enabled": true, "workspaceId": "beichen",
			"config":      map[string]any{"statsCollection": map[string]any{"errors": off, "metrics": off}},
			"connections": []any{}, "destinations": []any{}, "dataplanes": map[string]any{},
		},
		"updatedAt": "2026-01-01T00:00:00.000Z",
	})
}

// segmentSettings answers @segment/analytics-next: events go to this server.
func (h *handler) segmentSettings(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	if _, err := h.authorize(r.Context(), []string{key}, ScopeCapture); err != nil {
		h.refuse(w, r, err)
		return
	}
	protocol := "http"
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		protocol = "https"
	}
	answer(w, http.StatusOK, map[string]any{
		"integrations": map[string]any{"Segment.io": map[string]any{
			"apiKey": key, "apiHost": r.Host + "/v1", "protocol": protocol, "unbundledIntegrations": []any{}, "versionSettings": map[string]any{},
		}},
		"plan":                      map[string]any{"track": map[string]any{}, "identify": map[string]any{}, "group": map[string]any{}},
		"edgeFunction":              map[string]any{},
		"middlewareSettings":        map[string]any{},
		"enabledMiddleware":         map[string]any{},
		"metrics":                   map[string]any{"sampleRate": 0},
		"legacyVideoPluginsEnabled": false,
		"remotePlugins":             []any{},
	})
}
