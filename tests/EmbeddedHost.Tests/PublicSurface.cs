using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace CellStitch.EmbeddedHost.Tests;

/// <summary>Writes what an assembly offers as official-surface.txt does: a type or member a line.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
    };

    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The lines of a type and its members.</summary>
    public static IEnumerable<string> Of(Type type)
    {
        string name = Name(type);
        yield return $"{name}: {Header(type, name)}";
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            yield break;
        }

        foreach (MemberInfo member in type.GetMembers(Declared).Where(member => !member.Name.Contains('<', StringComparison.Ordinal)))
        {
            string? line = member switch
            {
                FieldInfo field when IsOffered(field.Attributes) && !field.IsSpecialName => Field(field),
                ConstructorInfo constructor when IsOffered(constructor) && !constructor.IsStatic =>
                    $"{Access(constructor)}{type.Name.Split('`')[0]}({Parameters(constructor)})",
                PropertyInfo property when property.GetAccessors(true).Any(IsOffered) => Property(property),
                MethodInfo method when IsOffered(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) => Method(method),
                _ => null,
            };
            if (line is not null)
            {
                yield return $"{name}.{(member is ConstructorInfo ? "#ctor" : member.Name)}: {line}";
            }
        }
    }

    private static string Header(Type type, string name)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"public delegate {Written(invoke.ReturnParameter)} {name}({Parameters(invoke)})";
        }

        bool isRecord = type.GetMethod("<Clone>$") is not null;
        return type.IsEnum ? $"public enum {name} : int"
            : type.IsInterface ? $"public interface {name}"
            : type.IsValueType ? $"public {(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}struct {name}"
            : $"public {(type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}"
                + $"{(isRecord ? "record " : "")}class {name}";
    }

    private static string Field(FieldInfo field)
    {
        string value = field.IsLiteral ? $" = {Literal(field.GetRawConstantValue(), field.FieldType)}" : "";
        return field.DeclaringType!.IsEnum
            ? $"{field.Name}{value}"
            : $"{(field.IsPublic ? "public " : "protected ")}{(field.IsLiteral ? "const " : field.IsStatic ? "static readonly " : "")}"
                + $"{Written(field.FieldType, Nullability.Create(field))} {field.Name}{value}";
    }

    private static string Property(PropertyInfo property)
    {
        MethodInfo first = property.GetAccessors(true).First(IsOffered);
        NullabilityInfo state = Nullability.Create(property);
        string accessors = string.Concat(new[] { property.GetMethod, property.SetMethod }.Where(accessor => accessor is not null && IsOffered(accessor)).Select(accessor =>
            $"{(accessor!.IsPublic == first.IsPublic ? "" : Access(accessor))}{Accessor(accessor)}; "));
        return $"{Access(first)}{Modifiers(first)}{Written(property.PropertyType, state)} {property.Name} {{ {accessors}}}";
    }

    private static string Accessor(MethodInfo accessor)
    {
        return accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init"
            : accessor.ReturnType == typeof(void) ? "set"
            : "get";
    }

    private static string Method(MethodInfo method)
    {
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";
        return $"{Access(method)}{Modifiers(method)}{Written(method.ReturnParameter)} {method.Name}{generic}({Parameters(method)})";
    }

    private static bool IsOffered(MethodBase method)
    {
        return method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
    }

    private static bool IsOffered(FieldAttributes attributes)
    {
        return (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;
    }

    private static string Access(MethodBase method)
    {
        return method.DeclaringType!.IsInterface ? "" : method.IsPublic ? "public " : "protected ";
    }

    private static string Modifiers(MethodInfo method)
    {
        bool isOverride = method.GetBaseDefinition() != method;
        return method.DeclaringType!.IsInterface ? ""
            : method.IsStatic ? "static "
            : isOverride ? method.IsFinal ? "sealed override " : "override "
            : method.IsAbstract ? "abstract "
            : method.IsVirtual && !method.IsFinal ? "virtual "
            : "";
    }

    private static string Parameters(MethodBase method)
    {
        bool extends = method.IsDefined(typeof(ExtensionAttribute));
        return string.Join(", ", method.GetParameters().Select(parameter =>
            $"{(extends && parameter.Position == 0 ? "this " : "")}{(parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}"
            + $"{(parameter.IsOut ? "out " : "")}{Written(parameter)} {parameter.Name}"
            + (parameter.HasDefaultValue ? $" = {Literal(parameter.DefaultValue, parameter.ParameterType)}" : "")));
    }

    private static string Literal(object? value, Type type)
    {
        return value switch
        {
            null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
            bool flag => flag ? "true" : "false",
            string text => $"\"{text}\"",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    private static string Written(ParameterInfo parameter)
    {
        return Written(parameter.ParameterType, Nullability.Create(parameter));
    }

    private static string Written(Type type, NullabilityInfo state)
    {
        if (type.IsByRef)
        {
            return Written(type.GetElementType()!, state);
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return $"{Name(value)}?";
        }

        string mark = !type.IsValueType && state.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
        {
            return $"{Written(type.GetElementType()!, state.ElementType!)}[]{mark}";
        }

        string arguments = type.IsGenericType
            ? $"<{string.Join(", ", type.GetGenericArguments().Select((argument, i) => Written(argument, state.GenericTypeArguments[i])))}>"
            : "";
        return $"{Name(type).Split('<')[0]}{arguments}{mark}";
    }

    private static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out string? keyword) || type.IsGenericParameter)
        {
            return keyword ?? type.Name;
        }

        string plain = (type.FullName ?? $"{type.Namespace}.{type.Name}").Split('`', '[')[0].Replace('+', '.');
        return type.IsGenericType ? $"{plain}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : plain;
    }
}
