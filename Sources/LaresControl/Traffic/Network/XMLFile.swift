internal import Foundation
internal import FoundationXML

/// Elements of an XML file, one after the other; nothing outside of the file is read.
enum XMLFile {
    private static let deepest = 64

    /// Calls `element` with each element's name and attributes.
    ///
    /// - Throws: ``TrafficError`` with `bad_network`: it is no XML, is nested too deep, or declares entities.
    static func read(_ data: Data, name: String, element: @escaping (String, [String: String]) -> Void) throws(TrafficError) {
        // Foundation's parser traps on names that are no UTF-8.
        guard !data.contains(0), String(validating: data, as: UTF8.self) != nil else {
            throw TrafficError(.badNetwork, "\(name) is no text")
        }
        // An entity may stand for many others: no network has any.
        guard data.range(of: Data("<!DOCTYPE".utf8)) == nil else { throw TrafficError(.badNetwork, "\(name) declares a document type") }
        let parser = XMLParser(data: data)
        parser.shouldResolveExternalEntities = false
        let reader = Reader(deepest: deepest, element: element)
        parser.delegate = reader
        let isRead = parser.parse()
        if let fault = reader.fault { throw TrafficError(.badNetwork, "\(name) \(fault)") }
        guard isRead else { throw TrafficError(.badNetwork, "\(name) is no XML, or is cut short, at line \(parser.lineNumber)") }
    }

    private final class Reader: NSObject, XMLParserDelegate {
        let deepest: Int
        let element: (String, [String: String]) -> Void
        var depth = 0
        var fault: String?

        init(deepest: Int, element: @escaping (String, [String: String]) -> Void) { (self.deepest, self.element) = (deepest, element) }

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
        ) {
            depth += 1
            guard depth <= deepest else { return stop(parser, "is nested deeper than \(deepest)") }
            element(name, attributes)
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) { depth -= 1 }

        private func stop(_ parser: XMLParser, _ reason: String) {
            fault = fault ?? reason
            parser.abortParsing()
        }
    }
}
