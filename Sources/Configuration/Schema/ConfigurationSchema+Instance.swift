/// Keys of a service that say more than one container needs: network, volumes, sidecars, and how instances live.
extension ConfigurationSchema {
    static let executionEnvironments = ["gen1", "gen2"]

    static let instanceFields = [
        SchemaField("cpu_idle", .boolean, "a processor only while there is a request (true)"),
        SchemaField("startup_cpu_boost", .boolean, "more processor while an instance starts (false)"),
        SchemaField("gpu", .object(gpu), "graphics processors of an instance (none)"),
        SchemaField(
            "execution_environment", .choice(executionEnvironments), "the sandbox: gen1, or gen2 (Cloud Run's choice)"),
        SchemaField("session_affinity", .boolean, "requests of one client go to one instance if possible (false)"),
        SchemaField("http2", .boolean, "requests come as HTTP/2 without TLS (false)"),
        SchemaField("working_dir", .string(.absolutePath), "the folder that the container starts in (the image's)"),
        SchemaField(
            "labels", .map(key: .labelKey, value: .string(.labelValue)),
            "labels of its revisions, for bills and searches; `stagectl-…` are stagectl's own"),
        SchemaField("encryption_key", .string(.encryptionKey), "the Cloud KMS key that encrypts the image (Google's)"),
        SchemaField("service_mesh", .string(.serviceMesh), "the service mesh that it is part of (none)"),
        SchemaField("vpc", .object(vpc), "the VPC network that it reaches"),
        SchemaField(
            "cloud_sql", .list(.string(.databaseInstance), minimum: 1),
            "Cloud SQL instances as `project:region:instance`, whose sockets are below /cloudsql"),
        SchemaField(
            "volumes", .map(key: .containerName, value: .object(volume)), "files that its containers share, by name"),
        SchemaField(
            "container_name", .string(.containerName), "the name of its own container (the service's name)"),
        SchemaField("starts_after", .list(.string(.containerName)), "sidecars that must be up before it starts"),
        SchemaField(
            "sidecars", .map(key: .containerName, value: .object(sidecar)), "containers beside its own, by name"),
    ]

    private static let gpu = ObjectSchema([
        SchemaField("type", .string(.accelerator), required: true, "which, such as `nvidia-l4`"),
        SchemaField("count", .integer(1...8), "how many (1)"),
        SchemaField("zonal_redundancy", .boolean, "room for it is kept in a second zone (true)"),
    ])

    private static let vpc = ObjectSchema(
        [
            SchemaField(
                "direct",
                .object(
                    ObjectSchema([
                        SchemaField("network", .string(.network), "the network (the subnetwork's)"),
                        SchemaField(
                            "subnetwork", .string(.subnetwork), "where addresses come from (called like the network)"),
                        SchemaField("tags", .list(.string(.networkTag)), "network tags, for firewall rules"),
                    ])), "with addresses of the network itself; says `network`, `subnetwork` or both"),
            SchemaField("connector", .string(.connector), "through a Serverless VPC Access connector"),
            SchemaField(
                "egress", .choice(VPCAccess.Egress.allCases.map(\.rawValue)), "what goes there (private-ranges-only)"),
        ], oneOf: [["direct", "connector"]])

    private static let mount = SchemaType.scalarOr(
        .string(.mountPath),
        ObjectSchema([
            SchemaField("path", .string(.mountPath), required: true, "where the volume is found"),
            SchemaField("sub_path", .string(.pathInside), "the part of it that is mounted (all)"),
        ]))

    private static let volume = ObjectSchema(
        [
            SchemaField(
                "secret",
                .scalarOr(
                    .string(.secretName),
                    ObjectSchema([
                        SchemaField("name", .string(.secretName), required: true, "the Secret Manager secret"),
                        SchemaField(
                            "items",
                            .map(
                                key: .pathInside,
                                value: .scalarOr(
                                    .scalar,
                                    ObjectSchema([
                                        SchemaField("version", .scalar, "its version (latest)"),
                                        SchemaField("mode", .string(.fileMode), "mode bits (the volume's)"),
                                    ]))),
                            "files and the version in each (one, called like the secret, with the latest)"),
                        SchemaField("mode", .string(.fileMode), "mode bits of its files (0444)"),
                    ])), "versions of a secret as files"),
            SchemaField(
                "empty_dir",
                .object(
                    ObjectSchema([
                        SchemaField(
                            "medium", .choice(EmptyDirectory.Medium.allCases.map(\.rawValue)),
                            "where it is kept (memory)"),
                        SchemaField(
                            "size", .memory(1 << 20...1 << 40), "the most it holds (half of the instance's memory)"),
                    ])), "a folder that is empty when an instance starts"),
            SchemaField(
                "bucket",
                .scalarOr(
                    .string(.bucket),
                    ObjectSchema([
                        SchemaField("name", .string(.bucket), required: true, "the bucket of Cloud Storage"),
                        SchemaField("read_only", .boolean, "nothing can be written (false)"),
                        SchemaField("mount_options", .list(.string(.mountOption)), "flags of gcsfuse"),
                    ])), "a bucket of Cloud Storage"),
            SchemaField(
                "nfs",
                .object(
                    ObjectSchema([
                        SchemaField("server", .string(.hostName), required: true, "the server's name or address"),
                        SchemaField("path", .string(.exportedPath), required: true, "what it exports"),
                        SchemaField("read_only", .boolean, "nothing can be written (false)"),
                    ])), "what an NFS server exports"),
            SchemaField("mount", mount, "where the service's own container finds it (nowhere)"),
        ], oneOf: [["secret", "empty_dir", "bucket", "nfs"]])

    private static let sidecar = ObjectSchema([
        SchemaField("image", .string(.imageReference), required: true, "its image; a tag becomes a digest"),
        SchemaField("command", .list(.string(.word)), "replaces the image's entry point"),
        SchemaField("args", .list(.string(.word)), "replaces the image's arguments"),
        SchemaField("working_dir", .string(.absolutePath), "the folder that it starts in (the image's)"),
        SchemaField("env", variables, "environment variables, as those of the service"),
        SchemaField("cpu", .processor, "cores (1)"),
        SchemaField("memory", .memory(128 << 20...32 << 30), "memory (512Mi)"),
        SchemaField("startup_cpu_boost", .boolean, "more processor while it starts (false)"),
        SchemaField("probes", .object(probes), "its probes; each says which port it asks"),
        SchemaField(
            "mounts", .map(key: .containerName, value: mount), "volumes by name, and where it finds them"),
        SchemaField(
            "depends_on", .list(.string(.containerName)),
            "containers that must be up before it starts: they have a startup probe"),
    ])
}
