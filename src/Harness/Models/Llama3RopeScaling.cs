namespace CircuitSpecs.Models;

/// <summary>
/// Llama-3.1's <c>rope_scaling</c> of type <c>llama3</c>: wavelengths longer than context / low_freq_factor are stretched by the factor, those shorter
/// than context / high_freq_factor stay, those between are interpolated.
/// </summary>
/// <param name="Factor"><c>factor</c>.</param>
/// <param name="LowFrequencyFactor"><c>low_freq_factor</c>.</param>
/// <param name="HighFrequencyFactor"><c>high_freq_factor</c>.</param>
/// <param name="OriginalContext"><c>original_max_position_embeddings</c>, tokens.</param>
public sealed record Llama3RopeScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, double OriginalContext)
{
    /// <summary>The scaled frequency.</summary>
    /// <param name="frequency">Radians a position.</param>
    public double Apply(double frequency)
    {
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength < OriginalContext / HighFrequencyFactor)
        {
            return frequency;
        }

        if (wavelength > OriginalContext / LowFrequencyFactor)
        {
            return frequency / Factor;
        }

        double share = ((OriginalContext / wavelength) - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
        return ((1 - share) * frequency / Factor) + (share * frequency);
    }
}
