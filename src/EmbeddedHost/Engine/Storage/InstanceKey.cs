using System.Globalization;
using System.Text;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>Instance ids as parts of blob names: letters, digits and '-' stay, all other UTF-8 bytes become "~" and two hex digits.
/// The key of a prefix is the prefix of the key.</summary>
internal static class InstanceKey
{
    public static string Of(string instanceId)
    {
        var key = new StringBuilder(instanceId.Length);
        foreach (byte letter in Encoding.UTF8.GetBytes(instanceId))
        {
            if (char.IsAsciiLetterOrDigit((char)letter) || letter == '-')
            {
                key.Append((char)letter);
            }
            else
            {
                key.Append(CultureInfo.InvariantCulture, $"~{letter:x2}");
            }
        }

        return key.ToString();
    }

    public static string ToInstanceId(string key)
    {
        List<byte> id = [];
        for (int at = 0; at < key.Length; at++)
        {
            if (key[at] == '~')
            {
                id.Add(byte.Parse(key.AsSpan(at + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                at += 2;
            }
            else
            {
                id.Add((byte)key[at]);
            }
        }

        return Encoding.UTF8.GetString([.. id]);
    }
}
