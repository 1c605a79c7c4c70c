// The errors of the engine and of the store as a client sees them.

import Engine
import Store

extension RequestError {
    init(search error: SearchError) {
        switch error {
        case .request(let code, let message):
            self.init(
                code == "cursor_invalid"
                    ? .badCursor : code == "index_damaged" ? .indexFailed : .badParameter, message)
        case .stopped: self.init(.timeout, "\(error)")
        case .segment: self.init(.indexFailed, "\(error); rebuild the index with: saekin reindex")
        }
    }

    init(filter error: FilterError) {
        let code: Code =
            switch error.code {
            case .syntax: .filterSyntax
            case .field: .filterField
            case .value: .filterValue
            }
        self.init(code, "\(error)", position: error.position)
    }
}

extension RequestError {
    init(store error: StoreError) {
        switch error {
        case .invalidProduct(let reason): self.init(.badProduct, "\(reason)")
        case .notFound: self.init(.notFound, "\(error)")
        case .full: self.init(.storeFull, "\(error)")
        case .busy: self.init(.notReady, "\(error)")
        default: self.init(.storeFailed, "\(error)")
        }
    }
}
