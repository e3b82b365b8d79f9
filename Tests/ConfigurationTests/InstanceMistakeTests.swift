import Configuration
import Testing

/// What a service cannot say of its instances.
@Suite struct InstanceMistakeTests {
    @Test(
        "Mistakes are findings at their place",
        arguments: [
            ("vpc: {}", "missing `direct` or `connector` in `services.a.vpc`"),
            (
                "vpc: { connector: c, direct: { network: n } }",
                "`connector` and `direct` exclude each other"
            ),
            ("vpc: { direct: {} }", "direct egress names a `network`, a `subnetwork` or both"),
            (
                "vpc: { connector: c, egress: all }",
                "`egress` is `all`, expected `all-traffic`, `private-ranges-only`"
            ),
            ("vpc: { connector: No }", "`connector` is `No`, expected a connector's name"),
            (
                "vpc: { connector: projects/p/locations/l/c }",
                "`connector` is `projects/p/locations/l/c`, expected"
            ),
            (
                "vpc: { connector: projects/p/locations/europe-west1/connectors/c }",
                "the connector is in `europe-west1`, but `a` is in us-central1"
            ),
            (
                "vpc: { direct: { subnetwork: projects/p/regions/europe-west1/subnetworks/s } }",
                "the subnetwork is in `europe-west1`, but `a` is in us-central1"
            ),
            ("vpc: { direct: { network: N } }", "`network` is `N`, expected a network's name"),
            ("vpc: { direct: { network: n, tags: [A] } }", "`0` is `A`, expected a network tag"),
            ("cloud_sql: [p:i]", "`0` is `p:i`, expected a connection name"),
            ("cloud_sql: []", "`cloud_sql` is an empty list"),
            ("cloud_sql: [\"p:r:i\", \"p:r:i\"]", "`p:r:i` is named twice"),
            ("volumes: { v: { mount: /v } }", "missing `secret` or `empty_dir` or `bucket` or `nfs`"),
            (
                "volumes: { v: { secret: s, bucket: bbb, mount: /v } }",
                "`secret` and `bucket` exclude each other"
            ),
            ("volumes: { v: { empty_dir: {} } }", "volume `v` is mounted nowhere"),
            ("volumes: { V: { empty_dir: {}, mount: /v } }", "`V` is not allowed here"),
            ("volumes: { v: { empty_dir: {}, mount: v } }", "`mount` is `v`, expected an absolute path"),
            (
                "volumes: { v: { empty_dir: {}, mount: /proc/x } }",
                "`mount` is `/proc/x`, expected an absolute path"
            ),
            (
                "volumes: { v: { empty_dir: {}, mount: /a/../b } }",
                "`mount` is `/a/../b`, expected an absolute path"
            ),
            (
                "volumes: { v: { empty_dir: { size: 5 }, mount: /v } }",
                "`size` is `5`, expected an amount of memory"
            ),
            (
                "volumes: { v: { empty_dir: { medium: ram }, mount: /v } }",
                "`medium` is `ram`, expected `memory`"
            ),
            (
                "volumes: { v: { empty_dir: {}, mount: /v }, w: { empty_dir: {}, mount: /v } }",
                "`/v` is where `v` is mounted already"
            ),
            (
                "volumes: { v: { secret: s, mount: { path: /v, sub_path: x } } }",
                "a part of a secret cannot be mounted; name its files in `items`"
            ),
            (
                "volumes: { v: { secret: { name: s, mode: 0440 }, mount: /v } }",
                "`mode` is `0440`, expected mode bits"
            ),
            (
                "volumes: { v: { secret: { name: s, mode: \"999\" }, mount: /v } }",
                "`mode` is `999`, expected mode bits"
            ),
            (
                "volumes: { v: { secret: { name: s, items: { /x: 1 } }, mount: /v } }",
                "`/x` is not allowed here"
            ),
            (
                "volumes: { v: { secret: { name: s, items: { x: newest } }, mount: /v } }",
                "the version is `newest`, expected a version number"
            ),
            (
                "volumes: { v: { bucket: { name: bbb, mount_options: [--x] }, mount: /v } }",
                "`0` is `--x`, expected a flag"
            ),
            (
                "volumes: { v: { nfs: { server: s }, mount: /v } }",
                "missing `path` in `services.a.volumes.v.nfs`"
            ),
            (
                "cloud_sql: [\"p:r:i\"]\nvolumes: { cloudsql: { empty_dir: {}, mount: /v } }",
                "`cloudsql` is the volume that `cloud_sql` makes"
            ),
            (
                "cloud_sql: [\"p:r:i\"]\nvolumes: { v: { empty_dir: {}, mount: /cloudsql } }",
                "`/cloudsql` is where `cloud_sql` is mounted already"
            ),
            (
                "cloud_sql: [\"p:r:i\"]\nsidecars: { p: { image: i, mounts: { cloudsql: /x } } }",
                "Cloud SQL's sockets are always at `/cloudsql`"
            ),
            ("sidecars: { p: {} }", "missing `image` in `services.a.sidecars.p`"),
            ("sidecars: { p: { image: \"-x\" } }", "`image` is `-x`, expected an image"),
            (
                "sidecars: { p: { image: \"r/p@sha256:0\" } }",
                "`image` is `r/p@sha256:0`, expected an image"
            ),
            ("sidecars: { a: { image: i } }", "`a` is the name of the service's own container"),
            ("sidecars: { p: { image: i, port: 1 } }", "unknown key `port`"),
            ("sidecars: { p: { image: i, mounts: { v: /v } } }", "unknown volume `v`"),
            ("sidecars: { p: { image: i, env: { PORT: \"1\" } } }", "`PORT` is set by Cloud Run itself"),
            ("sidecars: { p: { image: i, env: { A: \"${services.b.url}\" } } }", "unknown service `b`"),
            (
                "sidecars: { p: { image: i, probes: { startup: { tcp: true } } } }",
                "a sidecar's probe says which `port` it asks"
            ),
            ("sidecars: { p: { image: i, depends_on: [q] } }", "unknown container `q`"),
            ("sidecars: { p: { image: i, depends_on: [p] } }", "container `p` waits for itself"),
            (
                "sidecars: { p: { image: i }, q: { image: i, depends_on: [p] } }",
                "`p` has no startup probe, so nobody knows when it is up"
            ),
            ("starts_after: [p]", "unknown container `p`"),
            (
                "starts_after: [p]\n"
                    + "sidecars: { p: { image: i, depends_on: [a], probes: { startup: { tcp: true, port: 1 } } } }",
                "containers wait for each other: `a` → `p` → `a`"
            ),
            ("sidecars: { p: { image: i, cpu: \"8\" } }", "all containers together have 9000m cpu"),
            ("cpu: 500m\ncpu_idle: false", "less than one cpu is there only while there is a request"),
            ("memory: 256Mi\ncpu_idle: false", "a processor that is always there needs at least 512Mi"),
            ("cpu: 500m\nexecution_environment: gen2", "less than one cpu runs in gen1 alone"),
            ("memory: 256Mi\nexecution_environment: gen2", "gen2 needs at least 512Mi of memory"),
            (
                "execution_environment: gen1\nvolumes: { v: { bucket: bbb, mount: /v } }",
                "gen1 cannot mount `v`: buckets and NFS need gen2"
            ),
            ("execution_environment: gen3", "`execution_environment` is `gen3`, expected `gen1`, `gen2`"),
            (
                "gpu: { type: nvidia-l4 }\ncpu: \"4\"\nmemory: 16Gi",
                "a gpu is there together with a processor"
            ),
            (
                "gpu: { type: nvidia-l4 }\ncpu_idle: false", "a gpu needs at least 4 cpu and 16Gi of memory"
            ),
            ("labels: { stagectl-run: x }", "labels that begin with `stagectl-` are set by stagectl"),
            ("labels: { Team: x }", "`Team` is not allowed here"),
            ("probes: { readiness: { tcp: true } }", "a readiness probe asks by `http` or `grpc`"),
            (
                "probes: { startup: { tcp: true, headers: { a: b } } }",
                "`headers` is for `http` probes alone"
            ),
            ("probes: { startup: { http: /, service: s } }", "`service` is for `grpc` probes alone"),
            ("probes: { startup: { grpc: false } }", "`grpc: false` says nothing"),
            (
                "probes: { startup: { tcp: true, period: 240s, failure_threshold: 9223372036854775807 } }",
                "`failure_threshold` is `9223372036854775807`, expected a whole number from 1 to 1000"
            ),
            (
                "health: { samples: 9223372036854775807 }",
                "`samples` is `9223372036854775807`, expected a whole number from 1 to 1000"
            ),
            (
                "health: { samples: -9223372036854775808 }",
                "`samples` is `-9223372036854775808`, expected a whole number from 1 to 1000"
            ),
            ("encryption_key: k", "`encryption_key` is `k`, expected a key's name"),
            ("working_dir: app", "`working_dir` is `app`, expected an absolute path"),
        ])
    func mistakes(keys: String, message: String) {
        let text = "services:\n  a:\n    image: a\n" + keys.asServiceKeys
        let found = headlines(services: text)
        #expect(found.contains { $0.contains(message) }, "\(found)")
        #expect(found.count == 1, "\(found)")
        #expect(found.allSatisfy { $0.hasPrefix("services.yaml:") })
    }

    @Test func `an instance has ten containers at most`() {
        let sidecars = (1...10).map { "s\($0): { image: i, cpu: 100m, memory: 128Mi }" }.joined(
            separator: ", ")
        let found = headlines(
            services: "services:\n  a:\n    image: a\n    sidecars: { \(sidecars) }\n")
        #expect(found.count == 1 && found[0].contains("at most 10 containers"), "\(found)")
    }
}

extension String {
    /// As they stand below a service's name.
    var asServiceKeys: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }.joined()
    }
}
