namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static long s_total;
        private static long s_peak;

        public static long TotalCount => Interlocked.Read(ref s_total);

        public static long PeakCount => Interlocked.Read(ref s_peak);

        public bool IsInvalid => _storage is null;

        internal DisposeScope? OwningDisposeScope { get; set; }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is { } owner) owner.MoveToOther(other, this);
            else other?.Attach(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public void Dispose()
        {
            if (_storage is null) return;
            if (OwningDisposeScope is { } owner) owner.MarkAsDisposed(this);
            else if (_tracked) DisposeScopeManager.Statistics.DisposedOutsideScopeCount++;
            Release();
        }

        internal void DisposeFromScope()
        {
            OwningDisposeScope = null;
            if (_storage is not null) Release();
        }

        /// <summary>This handle, which no scope knew, in the current scope.</summary>
        internal Tensor AsTracked()
        {
            Track();
            return this;
        }

        private void Track()
        {
            _tracked = true;
            OwningDisposeScope = DisposeScopeManager.Current.Register(this);
            long total = Interlocked.Increment(ref s_total);
            long peak;
            while (total > (peak = Interlocked.Read(ref s_peak)) &&
                   Interlocked.CompareExchange(ref s_peak, total, peak) != peak)
            {
            }
        }

        private void Release()
        {
            if (Interlocked.Exchange(ref _storage, null) is not { } storage) return;
            ReleaseHistory();
            storage.Release();
            if (_tracked) Interlocked.Decrement(ref s_total);
        }
    }
}
