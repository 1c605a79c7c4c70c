// The Sejong tag set as the dictionary uses it. Raw values are part of the dictionary's file format.

/// A part of speech of the Sejong tag set.
public enum PartOfSpeech: UInt8, Sendable, CaseIterable {
    /// A word the dictionary does not know.
    case unknown = 0
    case NNG, NNP, NNB, NNBC, NR, NP
    case VV, VA, VX, VCP, VCN
    case MM, MAG, MAJ, IC
    case JKS, JKC, JKG, JKO, JKB, JKV, JKQ, JX, JC
    case EP, EF, EC, ETN, ETM
    case XPN, XSN, XSV, XSA, XR
    case SF, SP, SSO, SSC, SC, SY, SL, SH, SN

    /// The tag as linguists write it, for output.
    public var name: String { self == .unknown ? "UNKNOWN" : "\(self)" }

    /// The tag with this name, or nil.
    package init?(name: some StringProtocol) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

extension PartOfSpeech {
    /// Particles (조사).
    package var isParticle: Bool { rawValue >= Self.JKS.rawValue && rawValue <= Self.JC.rawValue }
    /// Endings (어미).
    package var isEnding: Bool { rawValue >= Self.EP.rawValue && rawValue <= Self.ETM.rawValue }
    /// Particles, endings and the copula.
    package var isGrammar: Bool { isParticle || isEnding || self == .VCP }
    /// Verbs, adjectives, and the suffixes that make them.
    package var isPredicate: Bool {
        rawValue >= Self.VV.rawValue && rawValue <= Self.VCN.rawValue || self == .XSV || self == .XSA
    }
}
