namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module of one input. Hooks run in <c>call</c>; <c>forward</c> runs without them.</summary>
        public abstract class Module<T, TResult>(string name)
            : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>(name), IModule<T, TResult>
        {
            public abstract TResult forward(T input);

            public TResult call(T input)
            {
                foreach (Action<Module> hook in module_pre_hooks.Values) hook(this);
                foreach (Func<Module<T, TResult>, T, T> hook in pre_hooks.Values)
                {
                    if (hook(this, input) is { } replaced) input = replaced;
                }

                TResult result = forward(input);
                foreach (Func<Module<T, TResult>, T, TResult, TResult> hook in post_hooks.Values)
                {
                    if (hook(this, input, result) is { } replaced) result = replaced;
                }

                foreach (Action<Module> hook in module_post_hooks.Values) hook(this);
                return result;
            }
        }
    }
}
