{{- define "beichen.labels" -}}
app.kubernetes.io/name: beichen
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
{{- define "beichen.name" -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- end -}}
