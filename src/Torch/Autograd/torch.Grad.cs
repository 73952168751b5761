namespace TorchSharp;

public static partial class torch
{
    [ThreadStatic] private static bool t_gradDisabled;
    [ThreadStatic] private static bool t_inference;

    public static bool is_grad_enabled() => !t_gradDisabled;

    public static bool is_inference_mode_enabled() => t_inference;

    public static IDisposable no_grad() => new Mode(disabled: true, t_inference);

    public static IDisposable enable_grad(bool enabled = true) => new Mode(!enabled, t_inference);

    public static IDisposable set_grad_enabled(bool mode = true) => new Mode(!mode, t_inference);

    public static IDisposable inference_mode(bool mode = true) => new Mode(mode || t_gradDisabled, mode);

    /// <summary>Restores the state of the thread when it is disposed.</summary>
    private sealed class Mode : IDisposable
    {
        private readonly bool _gradDisabled = t_gradDisabled;
        private readonly bool _inference = t_inference;

        public Mode(bool disabled, bool inference)
        {
            t_gradDisabled = disabled;
            t_inference = inference;
        }

        public void Dispose()
        {
            t_gradDisabled = _gradDisabled;
            t_inference = _inference;
        }
    }
}
