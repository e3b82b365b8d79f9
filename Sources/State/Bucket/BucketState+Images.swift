package import Releases

extension BucketState: ImageRecords {
    package func image(builder: String, repository: String, sourceDigest: String) async throws -> BuiltImage? {
        let name = BucketNames.image(builder: builder, repository: repository, sourceDigest: sourceDigest)
        try await prepare()
        return try await look(name, BucketImage.self)?.content.image
    }

    package func record(
        _ image: BuiltImage, builder: String, repository: String, sourceDigest: String
    ) async throws {
        let name = BucketNames.image(builder: builder, repository: repository, sourceDigest: sourceDigest)
        let record = BucketImage(builder: builder, repository: repository, sourceDigest: sourceDigest, image: image)
        try await uncancelled {
            try await self.prepare()
            try await self.replace(record, at: name)
        }
    }
}
