public import LaresJSON
public import NIOCore

extension JSON {
    /// The value as JSON text, for an answer's body.
    public var buffer: ByteBuffer { ByteBuffer(bytes: data) }
}
