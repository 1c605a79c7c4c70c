// The routes of the vocabulary: words, synonyms, what was learned, and switches. Bodies are JSON, or lines of
// text with the content type text/plain.

import HTTPServer
import ProductSearch

/// Adds `/api/v1/vocabulary` and everything below it.
struct VocabularyRoutes {
    private let vocabulary: VocabularyService
    private static let root = "/api/v1/vocabulary"

    init(_ vocabulary: VocabularyService) { self.vocabulary = vocabulary }

    func add(to router: inout Router) {
        router.on(.get, Self.root, execution: .worker) { [vocabulary] _ in
            answering { () throws(RequestError) in .json(try vocabulary.overview()) }
        }
        addWords(to: &router)
        addSynonyms(to: &router)
        addLearned(to: &router)
    }

    private func addWords(to router: inout Router) {
        let (all, single) = (Self.root + "/words", Self.root + "/words/{word}")
        let limit = VocabularyService.bodyByteLimit
        router.on(.get, all, execution: .worker) { [vocabulary] _ in
            answering { () throws(RequestError) in .json(try vocabulary.words()) }
        }
        router.on(.post, all, execution: .worker, bodyLimit: limit) { [vocabulary] request in
            answering { () throws(RequestError) in
                .json(try vocabulary.addWords(request.body, format(of: request)))
            }
        }
        router.on(.put, all, execution: .worker, bodyLimit: limit) { [vocabulary] request in
            answering { () throws(RequestError) in
                .json(try vocabulary.addWords(request.body, format(of: request), replacing: true))
            }
        }
        router.on(.get, single, execution: .worker) { [vocabulary] request in
            answering { () throws(RequestError) in .json(try vocabulary.word(name("word", request))) }
        }
        router.on(.put, single, execution: .worker) { [vocabulary] request in
            answering { () throws(RequestError) in
                .json(try vocabulary.putWord(name("word", request), request.body))
            }
        }
        router.on(.delete, single, execution: .worker) { [vocabulary] request in
            answering { () throws(RequestError) in .json(try vocabulary.deleteWord(name("word", request))) }
        }
    }

    private func addSynonyms(to router: inout Router) {
        let (all, single) = (Self.root + "/synonyms", Self.root + "/synonyms/{rule}")
        let limit = VocabularyService.bodyByteLimit
        router.on(.get, all, execution: .worker) { [vocabulary] _ in
            answering { () throws(RequestError) in .json(try vocabulary.synonyms()) }
        }
        router.on(.post, all, execution: .worker, bodyLimit: limit) { [vocabulary] request in
            answering { () throws(RequestError) in
                .json(try vocabulary.addSynonyms(request.body, format(of: request)))
            }
        }
        router.on(.put, all, execution: .worker, bodyLimit: limit) { [vocabulary] request in
            answering { () throws(RequestError) in
                .json(try vocabulary.addSynonyms(request.body, format(of: request), replacing: true))
            }
        }
        router.on(.delete, single, execution: .worker) { [vocabulary] request in
            answering { () throws(RequestError) in
                .json(try vocabulary.deleteSynonym(name("rule", request)))
            }
        }
    }

    private func addLearned(to router: inout Router) {
        router.on(.get, Self.root + "/learned", execution: .worker) { [vocabulary] request in
            answering { () throws(RequestError) in
                let known: Set<String> = ["kind", "q", "limit", "offset"]
                for item in request.query where !known.contains(item.name) {
                    throw RequestError(
                        .badParameter, "unknown parameter '\(item.name)'; there are: kind, limit, offset, q")
                }
                return .json(
                    try vocabulary.learned(
                        kind: request.queryValue("kind"), containing: request.queryValue("q") ?? "",
                        limit: try number("limit", 100, request), offset: try number("offset", 0, request)))
            }
        }
        router.on(.post, Self.root + "/learn", execution: .worker) { [vocabulary] _ in
            answering { () throws(RequestError) in .json(try vocabulary.learn()) }
        }
        router.on(.put, Self.root + "/switches/{name}", execution: .worker) { [vocabulary] request in
            answering { () throws(RequestError) in
                .json(try vocabulary.setSwitch(name("name", request), request.body))
            }
        }
    }
}

private func name(_ parameter: String, _ request: HTTPRequest) -> String {
    request.pathParameters[parameter] ?? ""
}

private func format(of request: HTTPRequest) -> VocabularyService.Format {
    request.headers["content-type"]?.hasPrefix("text/plain") == true ? .lines : .json
}

private func number(
    _ parameter: String, _ standard: Int, _ request: HTTPRequest
) throws(RequestError) -> Int {
    guard let given = request.queryValue(parameter) else { return standard }
    guard let number = Int(given) else {
        throw RequestError(.badParameter, "'\(parameter)' must be a whole number")
    }
    return number
}
