using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static Sequential Sequential() => new();

        public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => Sequential(modules.AsEnumerable());

        public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => Of(modules);

        public static Sequential Sequential(params Tuple<string, Module<Tensor, Tensor>>[] modules) => Sequential(modules.AsEnumerable());

        public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules)
        {
            Sequential result = Sequential();
            foreach ((string name, Module<Tensor, Tensor> submodule) in modules) result.Add(name, submodule);
            return result;
        }

        public static Sequential Sequential(IEnumerable<Tuple<string, Module<Tensor, Tensor>>> modules)
        {
            Sequential result = Sequential();
            foreach ((string name, Module<Tensor, Tensor> submodule) in modules) result.Add(name, submodule);
            return result;
        }

        public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => Of(modules);

        public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);

        public static ModuleList<T> ModuleList<T>(params T[] modules)
            where T : Module => new(modules);

        public static ModuleDict<Module> ModuleDict(params (string, Module)[] modules) => ModuleDict<Module>(modules);

        public static ModuleDict<T> ModuleDict<T>(params (string, T)[] modules)
            where T : Module
        {
            var result = new ModuleDict<T>();
            foreach ((string, T) entry in modules) result.Add(entry);
            return result;
        }

        private static Sequential Of<T>(IEnumerable<T> modules)
            where T : Module<Tensor, Tensor>
        {
            var result = new Sequential();
            foreach (T module in modules) result.Add(module);
            return result;
        }
    }
}
