// The search page and the OpenAPI document as routes. The files stand in the folder Page and are compiled in
// by the target CPage; a new file has to be named there.

import CPage
import HTTPServer

/// The files that the binary serves from itself.
public enum PageAssets {
    /// One file.
    public struct Asset: Sendable {
        /// Where it is served: "/", "/page.css" and so on.
        public let path: String
        /// The value of `content-type`.
        public let contentType: String
        /// The whole file.
        public let bytes: [UInt8]
        /// A quoted checksum of the bytes, for revalidation.
        public let entityTag: String
    }

    /// All files.
    public static let all: [Asset] = {
        var assets: [Asset] = []
        var index = 0
        while let file = cpage_file_at(index)?.pointee {
            // SAFETY: `bytes` points to a constant array of `count` bytes that lives as long as the program.
            let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
            assets.append(
                Asset(
                    path: String(cString: file.path), contentType: String(cString: file.content_type),
                    bytes: bytes, entityTag: entityTag(bytes)))
            index += 1
        }
        return assets
    }()

    /// Adds a GET route for each file.
    public static func addRoutes(to router: inout Router) {
        for asset in all {
            router.on(.get, asset.path) { response(asset, to: $0) }
        }
    }

    /// The file, or 304 where the browser has it already.
    private static func response(_ asset: Asset, to request: HTTPRequest) -> HTTPResponse {
        var headers: HTTPHeaders = [
            "etag": asset.entityTag,
            // Browsers ask each time and mostly get 304: a new release is seen at once.
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
        ]
        if let known = request.headers["if-none-match"], known == "*" || known.contains(asset.entityTag) {
            return HTTPResponse(status: 304, headers: headers)
        }
        headers.add("content-type", asset.contentType)
        // Even if text of the catalogue were ever taken for HTML, nothing in it could run or load.
        headers.add(
            "content-security-policy",
            "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
        headers.add("referrer-policy", "same-origin")
        return HTTPResponse(headers: headers, body: asset.bytes)
    }

    /// 64-bit FNV-1a of the bytes, quoted.
    private static func entityTag(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "\"" + String(hash, radix: 16) + "\""
    }
}
