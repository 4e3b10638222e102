internal import LaresNeural
internal import LaresTensor

extension SignalModel {
    /// What was learned on cologne1, cologne3 and ingolstadt1; how is in docs/traffic.md.
    public static var trained: SignalModel {
        var model = SignalModel()
        model.street = Tensor(trainedStreet)
        model.remaining = Linear(Tensor(trainedRemaining, [3, 1]))
        return model
    }

    // In the order of StreetQuantity.
    private static let trainedStreet: [Float] = [
        -0.92, 0.55, 0.229, -0.975, -0.133, -0.3625, 0, 0.507, 0.36, 0, -2, 3.2,
    ]
    private static let trainedRemaining: [Float] = [3.15, 0.95, 4]
}
