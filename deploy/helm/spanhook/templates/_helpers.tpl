{{- /* Labels of every object. The names of the objects are fixed: two webhooks in one cluster would patch the same pods twice. */ -}}
{{- define "spanhook.labels" -}}
app.kubernetes.io/name: spanhook
app.kubernetes.io/part-of: spanhook
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}
{{- define "spanhook.image" -}}
{{- with .Values.image }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}{{ end -}}
{{- end -}}
{{- define "spanhook.selfManaged" -}}{{ if eq .Values.certificates.mode "selfManaged" }}yes{{ end }}{{- end -}}
