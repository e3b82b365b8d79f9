// swift-format-ignore-file
// Written by scripts/generate-field-tables; do not edit.

/// The messages of the Cloud Run Admin API v1 that describe services, one a line: `Message field:kind …`. `!` output only, `*` repeated,
/// `%` map of strings to, `(A|B=7)` an enum whose numbers count from 0 unless given.
enum RunV1Fields {
    /// Of the discovery document.
    static let revision = "20261031"

    static let table = """
        Addressable url:string
        CSIVolumeSource driver:string readOnly:bool volumeAttributes:%string
        Condition lastTransitionTime:timestamp message:string reason:string severity:string status:string type:string
        ConfigMapEnvSource localObjectReference:LocalObjectReference name:string optional:bool
        ConfigMapKeySelector key:string localObjectReference:LocalObjectReference name:string optional:bool
        ConfigMapVolumeSource defaultMode:int32 items:*KeyToPath name:string optional:bool
        Container args:*string command:*string env:*EnvVar envFrom:*EnvFromSource image:string imagePullPolicy:string
          livenessProbe:Probe name:string ports:*ContainerPort readinessProbe:Probe resources:ResourceRequirements
          sandboxLauncher:bool securityContext:SecurityContext startupProbe:Probe terminationMessagePath:string
          terminationMessagePolicy:string volumeMounts:*VolumeMount workingDir:string
        ContainerPort containerPort:int32 name:string protocol:string
        EmptyDirVolumeSource medium:string sizeLimit:string
        EnvFromSource configMapRef:ConfigMapEnvSource prefix:string secretRef:SecretEnvSource
        EnvVar name:string value:string valueFrom:EnvVarSource
        EnvVarSource configMapKeyRef:ConfigMapKeySelector secretKeyRef:SecretKeySelector
        ExecAction command:*string
        FilestoreVolumeSource volume:string
        GRPCAction port:int32 service:string
        HTTPGetAction host:string httpHeaders:*HTTPHeader path:string port:int32 scheme:string
        HTTPHeader name:string value:string
        KeyToPath key:string mode:int32 path:string
        ListMeta continue:string resourceVersion:string selfLink:string
        ListServicesResponse apiVersion:string items:*Service kind:string metadata:ListMeta unreachable:*string
        LocalObjectReference name:string
        NFSVolumeSource path:string readOnly:bool server:string
        ObjectMeta annotations:%string clusterName:string creationTimestamp:timestamp deletionGracePeriodSeconds:int32
          deletionTimestamp:timestamp finalizers:*string generateName:string generation:int32 labels:%string
          name:string namespace:string ownerReferences:*OwnerReference resourceVersion:string selfLink:string
          uid:string
        OwnerReference apiVersion:string blockOwnerDeletion:bool controller:bool kind:string name:string uid:string
        Probe exec:ExecAction failureThreshold:int32 grpc:GRPCAction httpGet:HTTPGetAction initialDelaySeconds:int32
          periodSeconds:int32 successThreshold:int32 tcpSocket:TCPSocketAction timeoutSeconds:int32
        ResourceRequirements limits:%string requests:%string
        RevisionSpec containerConcurrency:int32 containers:*Container enableServiceLinks:bool
          imagePullSecrets:*LocalObjectReference nodeSelector:%string runtimeClassName:string
          sandboxes:SandboxConfiguration serviceAccountName:string timeoutSeconds:int32 volumes:*Volume
        RevisionTemplate metadata:ObjectMeta spec:RevisionSpec
        SandboxConfiguration templates:*SandboxTemplate
        SandboxTemplate args:*string command:*string env:*EnvVar image:string name:string volumeMounts:*VolumeMount
          workingDir:string
        SecretEnvSource localObjectReference:LocalObjectReference name:string optional:bool
        SecretKeySelector key:string localObjectReference:LocalObjectReference name:string optional:bool
        SecretVolumeSource defaultMode:int32 items:*KeyToPath optional:bool secretName:string
        SecurityContext runAsUser:int32
        Service apiVersion:string kind:string metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus
        ServiceSpec template:RevisionTemplate traffic:*TrafficTarget
        ServiceStatus address:Addressable conditions:*Condition latestCreatedRevisionName:string
          latestReadyRevisionName:string observedGeneration:int32 traffic:*TrafficTarget url:string
        Status code:int32 details:StatusDetails message:string metadata:ListMeta reason:string status:string
        StatusCause field:string message:string reason:string
        StatusDetails causes:*StatusCause group:string kind:string name:string retryAfterSeconds:int32 uid:string
        TCPSocketAction host:string port:int32
        TrafficTarget configurationName:string latestRevision:bool percent:int32 revisionName:string tag:string
          !url:string
        Volume configMap:ConfigMapVolumeSource csi:CSIVolumeSource emptyDir:EmptyDirVolumeSource
          filestore:FilestoreVolumeSource name:string nfs:NFSVolumeSource secret:SecretVolumeSource
        VolumeMount mountPath:string name:string readOnly:bool subPath:string
        """
}
