// swift-format-ignore-file
// Written by scripts/generate-field-tables; do not edit.

/// The messages of the Cloud Run Admin API v2, one a line: `Message field:kind …`. `!` output only, `*` repeated,
/// `%` map of strings to, `(A|B=7)` an enum whose numbers count from 0 unless given.
enum RunV2Fields {
    /// Of the discovery document.
    static let revision = "20261031"

    static let table = """
        AmbientNetworking ambientScope:(AMBIENT_SCOPE_UNSPECIFIED|AMBIENT_SCOPE_REGIONAL|AMBIENT_SCOPE_GLOBAL)
          enabled:bool
        AuditConfig auditLogConfigs:*AuditLogConfig service:string
        AuditLogConfig exemptedMembers:*string logType:(LOG_TYPE_UNSPECIFIED|ADMIN_READ|DATA_WRITE|DATA_READ)
        BinaryAuthorization breakglassJustification:string policy:string useDefault:bool
        Binding condition:Expr members:*string role:string
        BuildConfig baseImage:string enableAutomaticUpdates:bool environmentVariables:%string functionTarget:string
          imageUri:string !name:string serviceAccount:string sourceLocation:string workerPool:string
        BuildConfiguration buildpacksBuild:BuildConfigurationBuildpacksBuild dockerBuild:BuildConfigurationDockerBuild
          imageRepositoryUri:string serviceAccount:string tags:*string workerConfiguration:WorkerConfiguration
        BuildConfigurationBuildpacksBuild buildBaseImageUri:string cacheImageUri:string environmentVariables:%string
        BuildConfigurationDockerBuild
        BuildInfo !functionTarget:string !sourceLocation:string
        BuildStatus cloudBuildLogUrl:string message:string status:string
        CancelExecutionRequest etag:string validateOnly:bool
        CloudBuildWorkerConfiguration machineType:string workerPool:string
        CloudSqlInstance instances:*string
        CloudStorageSource bucket:string generation:int64 object:string
        Condition
          !executionReason:(EXECUTION_REASON_UNDEFINED|JOB_STATUS_SERVICE_POLLING_ERROR|NON_ZERO_EXIT_CODE|CANCELLED|CANCELLING|DELETED|DELAYED_START_PENDING|DELAYED_EXECUTION_EXCEEDING_DURATION_LIMIT)
          !instanceReason:(INSTANCE_REASON_UNSPECIFIED|INSTANCE_DELETED|INSTANCE_STOPPED|INSTANCE_STOPPING|INSTANCE_NON_ZERO_EXIT_CODE)
          lastTransitionTime:timestamp message:string
          !reason:(COMMON_REASON_UNDEFINED=0|UNKNOWN=1|REVISION_FAILED=3|PROGRESS_DEADLINE_EXCEEDED=4|CONTAINER_MISSING=6|CONTAINER_PERMISSION_DENIED=7|CONTAINER_IMAGE_UNAUTHORIZED=8|CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED=9|ENCRYPTION_KEY_PERMISSION_DENIED=10|ENCRYPTION_KEY_CHECK_FAILED=11|SECRETS_ACCESS_CHECK_FAILED=12|WAITING_FOR_OPERATION=13|IMMEDIATE_RETRY=14|POSTPONED_RETRY=15|INTERNAL=16|VPC_NETWORK_NOT_FOUND=17)
          !revisionReason:(REVISION_REASON_UNDEFINED|PENDING|RESERVE|RETIRED|RETIRING|RECREATING|HEALTH_CHECK_CONTAINER_ERROR|CUSTOMIZED_PATH_RESPONSE_PENDING|MIN_INSTANCES_NOT_PROVISIONED|ACTIVE_REVISION_LIMIT_REACHED|NO_DEPLOYMENT|HEALTH_CHECK_SKIPPED|MIN_INSTANCES_WARMING)
          severity:(SEVERITY_UNSPECIFIED|ERROR|WARNING|INFO)
          state:(STATE_UNSPECIFIED|CONDITION_PENDING|CONDITION_RECONCILING|CONDITION_FAILED|CONDITION_SUCCEEDED)
          type:string
        Container args:*string baseImageUri:string buildConfig:BuildConfiguration !buildInfo:BuildInfo command:*string
          dependsOn:*string env:*EnvVar image:string livenessProbe:Probe name:string ports:*ContainerPort
          readinessProbe:Probe resources:ResourceRequirements sandboxLauncher:bool sourceCode:SourceCode
          startupProbe:Probe volumeMounts:*VolumeMount workingDir:string
        ContainerOverride args:*string clearArgs:bool env:*EnvVar name:string
        ContainerPort containerPort:int32 name:string
        ContainerStatus !buildStatus:BuildStatus imageDigest:string name:string
        EmptyDirVolumeSource medium:(MEDIUM_UNSPECIFIED|MEMORY|DISK) sizeLimit:string
        EnvVar name:string value:string valueSource:EnvVarSource
        EnvVarSource secretKeyRef:SecretKeySelector
        Execution !annotations:%string !cancelledCount:int32 !client:string !clientVersion:string
          !completionTime:timestamp !conditions:*Condition !createTime:timestamp !creator:string !deleteTime:timestamp
          !etag:string !expireTime:timestamp !failedCount:int32 !generation:int64 !job:string !labels:%string
          launchStage:(LAUNCH_STAGE_UNSPECIFIED=0|UNIMPLEMENTED=6|PRELAUNCH=7|EARLY_ACCESS=1|ALPHA=2|BETA=3|GA=4|DEPRECATED=5)
          !logUri:string !name:string !observedGeneration:int64 !parallelism:int32 !reconciling:bool
          !retriedCount:int32 !runningCount:int32 !satisfiesPzs:bool !startTime:timestamp !succeededCount:int32
          !taskCount:int32 !template:TaskTemplate !uid:string !updateTime:timestamp
        ExecutionReference
          completionStatus:(COMPLETION_STATUS_UNSPECIFIED|EXECUTION_SUCCEEDED|EXECUTION_FAILED|EXECUTION_RUNNING|EXECUTION_PENDING|EXECUTION_CANCELLED)
          completionTime:timestamp createTime:timestamp deleteTime:timestamp name:string
        ExecutionTemplate annotations:%string client:string clientVersion:string delayExecution:bool labels:%string
          parallelism:int32 taskCount:int32 template:TaskTemplate
        Expr description:string expression:string location:string title:string
        FilestoreVolumeSource volume:string
        GCSVolumeSource bucket:string mountOptions:*string readOnly:bool
        GRPCAction port:int32 service:string
        HTTPGetAction httpHeaders:*HTTPHeader path:string port:int32
        HTTPHeader name:string value:string
        InlinedSource sources:*SourceFile
        Job annotations:%string binaryAuthorization:BinaryAuthorization client:string clientVersion:string
          !conditions:*Condition !createTime:timestamp !creator:string !deleteTime:timestamp etag:string
          !executionCount:int32 !expireTime:timestamp
          functionalType:(FUNCTIONAL_TYPE_UNSPECIFIED|FUNCTIONAL_TYPE_AGENT|FUNCTIONAL_TYPE_MCP_SERVER)
          !generation:int64 labels:%string !lastModifier:string !latestCreatedExecution:ExecutionReference
          launchStage:(LAUNCH_STAGE_UNSPECIFIED=0|UNIMPLEMENTED=6|PRELAUNCH=7|EARLY_ACCESS=1|ALPHA=2|BETA=3|GA=4|DEPRECATED=5)
          name:string !observedGeneration:int64 !reconciling:bool runExecutionToken:string !satisfiesPzs:bool
          startExecutionToken:string template:ExecutionTemplate !terminalCondition:Condition !uid:string
          !updateTime:timestamp
        ListExecutionsResponse executions:*Execution nextPageToken:string
        ListJobsResponse jobs:*Job nextPageToken:string
        ListOperationsResponse nextPageToken:string operations:*Operation unreachable:*string
        ListRevisionsResponse nextPageToken:string revisions:*Revision
        ListServicesResponse nextPageToken:string services:*Service !unreachable:*string
        ListTasksResponse nextPageToken:string tasks:*Task
        MultiRegionSettings multiRegionId:string regions:*string
        NFSVolumeSource path:string readOnly:bool server:string
        NetworkInterface network:string subnetwork:string tags:*string
        NodeSelector accelerator:string
        Operation done:bool error:Status metadata:any name:string response:any
        Overrides containerOverrides:*ContainerOverride delayExecution:bool taskCount:int32 timeout:duration
        Policy auditConfigs:*AuditConfig bindings:*Binding etag:bytes version:int32
        Probe failureThreshold:int32 grpc:GRPCAction httpGet:HTTPGetAction initialDelaySeconds:int32
          periodSeconds:int32 tcpSocket:TCPSocketAction timeoutSeconds:int32
        ResourceRequirements cpuIdle:bool limits:%string startupCpuBoost:bool
        Revision !ambientNetworking:AmbientNetworking !annotations:%string !client:string !clientVersion:string
          !conditions:*Condition !containerStatuses:*ContainerStatus containers:*Container !createTime:timestamp
          !creator:string !deleteTime:timestamp encryptionKey:string
          encryptionKeyRevocationAction:(ENCRYPTION_KEY_REVOCATION_ACTION_UNSPECIFIED|PREVENT_NEW|SHUTDOWN)
          encryptionKeyShutdownDuration:duration !etag:string
          executionEnvironment:(EXECUTION_ENVIRONMENT_UNSPECIFIED|EXECUTION_ENVIRONMENT_GEN1|EXECUTION_ENVIRONMENT_GEN2)
          !expireTime:timestamp !generation:int64 !gpuZonalRedundancyDisabled:bool !labels:%string
          launchStage:(LAUNCH_STAGE_UNSPECIFIED=0|UNIMPLEMENTED=6|PRELAUNCH=7|EARLY_ACCESS=1|ALPHA=2|BETA=3|GA=4|DEPRECATED=5)
          !logUri:string maxInstanceRequestConcurrency:int32 !name:string nodeSelector:NodeSelector
          !observedGeneration:int64 !reconciling:bool !sandboxes:SandboxConfiguration !satisfiesPzs:bool
          scaling:RevisionScaling !scalingStatus:RevisionScalingStatus !service:string serviceAccount:string
          serviceMesh:ServiceMesh sessionAffinity:bool timeout:duration !uid:string !updateTime:timestamp
          volumes:*Volume vpcAccess:VpcAccess workloadIdentityConfig:WorkloadIdentityConfig
        RevisionScaling concurrencyUtilization:double cpuUtilization:double maxInstanceCount:int32
          minInstanceCount:int32
        RevisionScalingStatus desiredMinInstanceCount:int32
        RevisionTemplate ambientNetworking:AmbientNetworking annotations:%string client:string clientVersion:string
          containers:*Container encryptionKey:string
          encryptionKeyRevocationAction:(ENCRYPTION_KEY_REVOCATION_ACTION_UNSPECIFIED|PREVENT_NEW|SHUTDOWN)
          encryptionKeyShutdownDuration:duration
          executionEnvironment:(EXECUTION_ENVIRONMENT_UNSPECIFIED|EXECUTION_ENVIRONMENT_GEN1|EXECUTION_ENVIRONMENT_GEN2)
          gpuZonalRedundancyDisabled:bool healthCheckDisabled:bool labels:%string maxInstanceRequestConcurrency:int32
          nodeSelector:NodeSelector revision:string sandboxes:SandboxConfiguration scaling:RevisionScaling
          serviceAccount:string serviceMesh:ServiceMesh sessionAffinity:bool timeout:duration volumes:*Volume
          vpcAccess:VpcAccess workloadIdentityConfig:WorkloadIdentityConfig
        RunJobRequest etag:string overrides:Overrides validateOnly:bool
        SandboxConfiguration templates:*SandboxTemplate
        SandboxTemplate args:*string command:*string env:*EnvVar image:string name:string volumeMounts:*VolumeMount
          workingDir:string
        SecretKeySelector secret:string version:string
        SecretVolumeSource defaultMode:int32 items:*VersionToPath secret:string
        Service annotations:%string binaryAuthorization:BinaryAuthorization buildConfig:BuildConfig client:string
          clientVersion:string !conditions:*Condition !createTime:timestamp !creator:string customAudiences:*string
          defaultUriDisabled:bool !deleteTime:timestamp description:string etag:string !expireTime:timestamp
          functionalType:(FUNCTIONAL_TYPE_UNSPECIFIED|FUNCTIONAL_TYPE_AGENT|FUNCTIONAL_TYPE_MCP_SERVER)
          !generation:int64 iapEnabled:bool
          ingress:(INGRESS_TRAFFIC_UNSPECIFIED|INGRESS_TRAFFIC_ALL|INGRESS_TRAFFIC_INTERNAL_ONLY|INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER|INGRESS_TRAFFIC_NONE)
          invokerIamDisabled:bool labels:%string !lastModifier:string !latestCreatedRevision:string
          !latestReadyRevision:string
          launchStage:(LAUNCH_STAGE_UNSPECIFIED=0|UNIMPLEMENTED=6|PRELAUNCH=7|EARLY_ACCESS=1|ALPHA=2|BETA=3|GA=4|DEPRECATED=5)
          multiRegionSettings:MultiRegionSettings name:string !observedGeneration:int64 !reconciling:bool
          !satisfiesPzs:bool scaling:ServiceScaling sshEnabled:bool template:RevisionTemplate
          !terminalCondition:Condition !threatDetectionEnabled:bool traffic:*TrafficTarget
          !trafficStatuses:*TrafficTargetStatus !uid:string !updateTime:timestamp !uri:string !urls:*string
        ServiceMesh mesh:string
        ServiceScaling manualInstanceCount:int32 maxInstanceCount:int32 minInstanceCount:int32
          scalingMode:(SCALING_MODE_UNSPECIFIED|AUTOMATIC|MANUAL)
        SetIamPolicyRequest policy:Policy updateMask:string
        SourceCode cloudStorageSource:CloudStorageSource inlinedSource:InlinedSource
        SourceFile content:string filename:string
        Status code:int32 details:*any message:string
        TCPSocketAction port:int32
        Task !annotations:%string !completionTime:timestamp !conditions:*Condition containers:*Container
          !createTime:timestamp !deleteTime:timestamp !encryptionKey:string !etag:string !execution:string
          executionEnvironment:(EXECUTION_ENVIRONMENT_UNSPECIFIED|EXECUTION_ENVIRONMENT_GEN1|EXECUTION_ENVIRONMENT_GEN2)
          !expireTime:timestamp !generation:int64 !gpuZonalRedundancyDisabled:bool !index:int32 !job:string
          !labels:%string !lastAttemptResult:TaskAttemptResult !logUri:string maxRetries:int32 !name:string
          !nodeSelector:NodeSelector !observedGeneration:int64 !reconciling:bool !retried:int32
          sandboxes:SandboxConfiguration !satisfiesPzs:bool !scheduledTime:timestamp serviceAccount:string
          !startTime:timestamp timeout:duration !uid:string !updateTime:timestamp volumes:*Volume !vpcAccess:VpcAccess
          workloadIdentityConfig:WorkloadIdentityConfig
        TaskAttemptResult !exitCode:int32 !status:Status !termSignal:int32
        TaskTemplate containers:*Container encryptionKey:string
          executionEnvironment:(EXECUTION_ENVIRONMENT_UNSPECIFIED|EXECUTION_ENVIRONMENT_GEN1|EXECUTION_ENVIRONMENT_GEN2)
          gpuZonalRedundancyDisabled:bool maxRetries:int32 nodeSelector:NodeSelector sandboxes:SandboxConfiguration
          serviceAccount:string timeout:duration volumes:*Volume vpcAccess:VpcAccess
          workloadIdentityConfig:WorkloadIdentityConfig
        TestIamPermissionsRequest permissions:*string
        TestIamPermissionsResponse permissions:*string
        TrafficTarget percent:int32 revision:string tag:string
          type:(TRAFFIC_TARGET_ALLOCATION_TYPE_UNSPECIFIED|TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST|TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION)
        TrafficTargetStatus percent:int32 revision:string tag:string
          type:(TRAFFIC_TARGET_ALLOCATION_TYPE_UNSPECIFIED|TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST|TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION)
          uri:string
        VersionToPath mode:int32 path:string version:string
        Volume cloudSqlInstance:CloudSqlInstance emptyDir:EmptyDirVolumeSource filestore:FilestoreVolumeSource
          gcs:GCSVolumeSource name:string nfs:NFSVolumeSource secret:SecretVolumeSource
        VolumeMount mountPath:string name:string subPath:string
        VpcAccess connector:string egress:(VPC_EGRESS_UNSPECIFIED|ALL_TRAFFIC|PRIVATE_RANGES_ONLY)
          networkInterfaces:*NetworkInterface
        WaitOperationRequest timeout:duration
        WorkerConfiguration cloudBuildWorkerConfiguration:CloudBuildWorkerConfiguration
        WorkloadIdentityConfig identity:string identityCertificateEnabled:bool
          identityType:(IDENTITY_TYPE_UNSPECIFIED|IDENTITY_TYPE_SERVICE_ACCOUNT|IDENTITY_TYPE_AGENT_IDENTITY)
        """
}
