{{- define "operator.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Cluster-wide names carry the namespace unless the release is the only one that a cluster is meant to have. */}}
{{- define "operator.clusterName" -}}
{{- $full := include "operator.fullname" . -}}
{{- if eq $full .Release.Namespace -}}{{ $full }}{{- else -}}{{ printf "%s-%s" .Release.Namespace $full | trunc 63 | trimSuffix "-" }}{{- end -}}
{{- end -}}

{{- define "operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "operator.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is needed when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "operator.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: controller
{{- end -}}

{{- define "operator.labels" -}}
{{ include "operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "operator.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "operator.subject" -}}
subjects:
  - kind: ServiceAccount
    name: {{ include "operator.serviceAccountName" . | quote }}
    namespace: {{ .Release.Namespace | quote }}
{{- end -}}

{{/* What the operator needs wherever its objects are. It can neither create nor delete an object of its kinds. */}}
{{- define "operator.rules" -}}
- apiGroups: [emergency.twilio-operator.io]
  resources: [twilioaccounts, emergencyaddresses, phonenumberbindings, sipdomainsettings]
  verbs: [get, list, watch]
# Only for its own finalizer; accounts have none.
- apiGroups: [emergency.twilio-operator.io]
  resources: [emergencyaddresses, phonenumberbindings, sipdomainsettings]
  verbs: [patch]
- apiGroups: [emergency.twilio-operator.io]
  resources:
    - twilioaccounts/status
    - emergencyaddresses/status
    - phonenumberbindings/status
    - sipdomainsettings/status
  verbs: [patch]
# Credentials: a watch of each Secret that a TwilioAccount names, in its own namespace.
- apiGroups: [""]
  resources: [secrets]
  {{- if not .Values.credentials.allSecrets }}
  resourceNames: {{ toJson .Values.credentials.secretNames }}
  {{- end }}
  verbs: [list, watch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{/* Its uid is the default owner id. */}}
{{- define "operator.ownerRule" -}}
- apiGroups: [""]
  resources: [namespaces]
  resourceNames: [kube-system]
  verbs: [get]
{{- end -}}
