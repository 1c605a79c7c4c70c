// An answer as bytes (RFC 9112, section 4).

enum ResponseWriter {
    /// Replaces `bytes` by the whole answer; that to HEAD has the length but not the body.
    static func write(
        _ response: HTTPResponse, isHead: Bool, connection: String?, dateLine: [UInt8],
        into bytes: inout [UInt8]
    ) {
        bytes.removeAll(keepingCapacity: true)
        bytes += "HTTP/1.1 \(response.status) \(HTTPResponse.reason(response.status))\r\n".utf8
        bytes += dateLine
        for field in response.headers.fields
        where field.name != "content-length" && field.name != "connection" && field.name != "date" {
            bytes += field.name.utf8
            bytes += ": ".utf8
            bytes += field.value.utf8
            bytes += "\r\n".utf8
        }
        // 204 and 304 have no body by definition, and a length would name one (RFC 9110, 8.6).
        let hasBody = response.status != 204 && response.status != 304 && response.status >= 200
        if hasBody { bytes += "content-length: \(response.body.count)\r\n".utf8 }
        if let connection { bytes += "connection: \(connection)\r\n".utf8 }
        bytes += "\r\n".utf8
        if hasBody, !isHead { bytes += response.body }
    }
}
