{{- define "sodam.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "sodam.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sodam.labels" -}}
{{ include "sodam.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "sodam.postgres" -}}
{{- if and .Values.secret.name .Values.secret.databaseUrlKey }}yes{{ end }}
{{- end }}

{{- define "sodam.check" -}}
{{- $many := gt (int .Values.replicas) 1 }}
{{- if and $many (not (include "sodam.postgres" .)) }}{{ fail "several replicas need PostgreSQL: name a secret with its URL (secret.name, secret.databaseUrlKey)" }}{{ end }}
{{- if and (include "sodam.postgres" .) (not .Values.secret.secretKeyKey) }}{{ fail "with PostgreSQL the key of secrets must be the same in every pod: secret.secretKeyKey" }}{{ end }}
{{- if and $many (not .Values.media.url) (not .Values.media.sharedClaim) }}{{ fail "several replicas must share uploaded files: media.url or media.sharedClaim" }}{{ end }}
{{- if and .Values.media.url .Values.media.sharedClaim }}{{ fail "media.url and media.sharedClaim are one or the other" }}{{ end }}
{{- end }}
