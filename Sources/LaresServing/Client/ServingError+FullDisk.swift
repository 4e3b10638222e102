import Foundation
import GRDB
import LaresStore
import LaresTensor

extension ServingError {
    /// A full disk, whoever met it: a database, the file system, or a writer of ours; nil for any other error.
    public init?(full error: any Error) {
        switch error {
        case let error as ServingError where error.code == .noSpace: self = error
        case let error as PullError where error.code == .noSpace: self.init(.noSpace, error.message)
        case let error as StoreError where error.code == .noSpace: self.init(.noSpace, error.message)
        case let error as FileError where error.code == .noSpace: self.init(.noSpace, error.message)
        case let error as DatabaseError where StoreError.isFullDisk(error): self.init(.noSpace, Self.full)
        case let error as CocoaError where error.code == .fileWriteOutOfSpace: self.init(.noSpace, Self.full)
        default: return nil
        }
    }

    private static let full = "the disk of the data directory is full, and nothing was changed: make room and try again"
}
