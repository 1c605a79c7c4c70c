// What is grammar and gives no token of its own: particles, endings, the copula, and the verbs and suffixes
// that only carry endings. Everything else is kept. To keep or drop another part of speech, change this file
// and nothing else.

/// What a piece of a word is good for.
enum GrammaticalRole {
    /// Content that stands beside other content in compounds.
    case noun
    /// The stem of a verb or adjective.
    case predicate
    /// Left out.
    case grammar

    /// The role of a part of speech after a piece of another role in the same run; nil at the beginning.
    init(of tag: PartOfSpeech, after previous: GrammaticalRole?) {
        switch tag {
        case .JKS, .JKC, .JKG, .JKO, .JKB, .JKV, .JKQ, .JX, .JC:
            self = .grammar
        case .EP, .EF, .EC, .ETN, .ETM:
            self = .grammar
        case .VCP:
            self = .grammar
        case .XSV, .XSA, .VX:
            // 추천하다 is 추천, 먹어 보다 is 먹다; but a word that begins with such a piece has nothing else.
            self = previous == nil ? .predicate : .grammar
        case .VV, .VA, .VCN:
            self = .predicate
        case .unknown, .NNG, .NNP, .NNB, .NNBC, .NR, .NP, .MM, .MAG, .MAJ, .IC, .XPN, .XSN, .XR, .SF, .SP,
            .SSO, .SSC,
            .SC, .SY, .SL, .SH, .SN:
            self = .noun
        }
    }
}
