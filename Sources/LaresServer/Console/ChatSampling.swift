import LaresJSON
public import LaresLanguage

/// How a chat with a person samples: the same in the console, with scripts and without, and in `lares run`. An answer may be as long as
/// the model's context allows.
///
/// The API keeps the defaults of OpenAI, where small models at temperature 1 wander off; these keep them to the point.
public enum ChatSampling {
    /// How freely words are chosen.
    public static let temperature = 0.7
    /// Among how many of the likeliest.
    public static let topK = 40
    /// Among the likeliest that make up this share.
    public static let topP = 0.95
    /// How much less likely a word is that was just said.
    public static let repetitionPenalty = 1.1

    /// Parameters for a request. At temperature 0 nothing is drawn, and repeating costs nothing either.
    public static func parameters(
        temperature: Double = temperature, topP: Double = topP, seed: UInt64? = nil
    ) -> SamplingParameters {
        SamplingParameters(
            temperature: Float(temperature), topK: topK, topP: Float(topP),
            repetitionPenalty: temperature == 0 ? 1 : Float(repetitionPenalty), seed: seed)
    }

    /// The same as members of a request to the API.
    static let json: JSON = [
        "temperature": .double(temperature), "top_k": .int(topK), "top_p": .double(topP), "repetition_penalty": .double(repetitionPenalty),
    ]
}
