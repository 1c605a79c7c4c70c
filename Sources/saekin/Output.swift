// What the commands print: results on standard output, progress and complaints on standard error.

import Glibc

enum Output {
    /// A line of a result.
    static func line(_ text: String) { line(Array(text.utf8)) }

    static func line(_ bytes: [UInt8]) { write(bytes + [0x0A], to: 1) }

    /// A line for the person at the terminal.
    static func note(_ text: String) { write(Array(text.utf8) + [0x0A], to: 2) }

    /// Part of a line for the person at the terminal.
    static func raw(_ text: String) { write(Array(text.utf8), to: 2) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var offset = 0
        bytes.withUnsafeBytes { buffer in
            while offset < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
                if count < 0 {
                    if errno == EINTR { continue }
                    // Nobody reads any more (`saekin search | head -1`): there is nobody left to tell.
                    return
                }
                offset += count
            }
        }
    }
}

/// One line of progress, rewritten in place on a terminal and silent elsewhere.
struct ProgressLine {
    private let title: String
    private let total: Int?
    private let isShown = isatty(2) == 1
    private let start = ContinuousClock.now
    private var lastShown = ContinuousClock.now

    init(_ title: String, total: Int? = nil) {
        self.title = title
        self.total = total
    }
}

extension ProgressLine {
    /// Shows `count`, not every time, unless the caller comes by rarely.
    func update(_ count: Int, of total: Int? = nil, note: String = "", isRare: Bool = false) {
        guard isShown, isRare || isDue(count, total ?? self.total) else { return }
        let share = (total ?? self.total).map { "/\($0)" } ?? ""
        Output.raw("\r\u{1B}[K\(title) \(count)\(share) \(note)")
    }

    /// Clears the line.
    func finish() {
        if isShown { Output.raw("\r\u{1B}[K") }
    }

    private func isDue(_ count: Int, _ total: Int?) -> Bool {
        // Counting beats reading the clock: the callers come by every batch, or every query.
        count == total || count % 97 == 0 || count < 10
    }
}
