// Draws a share of the documents by their keys, so that it is the same share in every run and every index.

/// About `percent` of all keys, spread evenly over the corpus.
struct KeyDraw {
    let percent: Int

    /// Whether a key is drawn: FNV-1a of its bytes, mixed so that keys which differ in the last digit alone
    /// do not fall side by side.
    func contains(_ key: [UInt8]) -> Bool {
        guard percent > 0 else { return false }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        return (hash ^ (hash >> 33)) % 100 < UInt64(percent)
    }
}
